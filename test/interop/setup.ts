/**
 * Before any interop test: the tools are there, the jars are resolved, the Java program is
 * compiled. What is missing is said once, and the run fails.
 */
import { hadoopJars } from './hadoop/jars.ts';
import { hbaseJars } from './hbase/jars.ts';
import { kafkaJars, kafkaVersions } from './kafka/jars.ts';

export async function setup(): Promise<void> {
  for (const version of kafkaVersions) await kafkaJars(version);
  await hadoopJars();
  await hbaseJars();
}
