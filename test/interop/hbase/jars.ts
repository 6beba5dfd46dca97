/** Apache HBase's jars and the program that drives them (see ../java-program.ts). */
import { join } from 'node:path';
import { programClasspath, smallJavaOptions } from '../java-program.ts';
import { interopRoot } from '../repository.ts';

export interface HBaseJars {
  /** Apache's jars and the compiled program, joined for `-cp`. */
  readonly classpath: string;
  /** `java` options that suit short runs on a small machine. */
  readonly options: readonly string[];
}

export const hbaseVersion = '2.6.1';
const here = join(interopRoot, 'hbase');

/** Resolves the jars and compiles the program against them; later calls are cheap. */
export async function hbaseJars(): Promise<HBaseJars> {
  const classpath = await programClasspath({
    name: `hbase-${hbaseVersion}`,
    pom: join(here, 'maven', hbaseVersion, 'pom.xml'),
    sources: [join(here, 'java')],
  });
  const opened = [
    'java.base/java.lang',
    'java.base/java.nio',
    'java.base/java.util',
    'java.base/sun.nio.ch',
    'java.base/jdk.internal.ref',
    'java.base/java.lang.reflect',
    'java.base/java.util.concurrent',
    'java.base/jdk.internal.misc',
  ];
  return {
    classpath,
    options: [
      ...smallJavaOptions(),
      // HBase 2.6 and its Hadoop are compiled for Java 8 and look into these by reflection.
      ...opened.map((name) => `--add-opens=${name}=ALL-UNNAMED`),
      '-Dvarve.log.level=ERROR',
      `-Dlog4j.configuration=file:${join(here, 'logging', 'log4j.properties')}`,
    ],
  };
}
