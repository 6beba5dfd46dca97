/** Apache Kafka's jars and the program that drives them (see ../java-program.ts). */
import { join } from 'node:path';
import { programClasspath, smallJavaOptions } from '../java-program.ts';
import { interopRoot } from '../repository.ts';

/** The pinned versions: the last of the 3.x line and a current 4.x. */
export const kafkaVersions: readonly KafkaVersion[] = ['3.9.1', '4.3.1'];

export type KafkaVersion = '3.9.1' | '4.3.1';

export interface KafkaJars {
  readonly version: KafkaVersion;
  /** Apache's jars and the compiled program, joined for `-cp`. */
  readonly classpath: string;
  /** `java` options that suit short runs on a small machine. */
  readonly options: readonly string[];
  /** Main class of DumpLogSegments: it moved in 4.3. */
  readonly dumpLogSegmentsClass: string;
}

const here = join(interopRoot, 'kafka');

/** Resolves the jars of a version and compiles the program against them; later calls are cheap. */
export async function kafkaJars(version: KafkaVersion): Promise<KafkaJars> {
  const isOld = version === '3.9.1';
  const classpath = await programClasspath({
    name: `kafka-${version}`,
    pom: join(here, 'maven', version, 'pom.xml'),
    sources: [join(here, 'java', 'common'), join(here, 'java', isOld ? 'v3' : 'v4')],
    // The record classes moved into an `internal` package in 4.3; nothing else about them changed.
    adapt: (text) =>
      isOld ? text.replaceAll('.common.record.internal.', '.common.record.') : text,
  });
  return {
    version,
    classpath,
    options: javaOptions('WARN'),
    dumpLogSegmentsClass: isOld
      ? 'kafka.tools.DumpLogSegments'
      : 'org.apache.kafka.tools.DumpLogSegments',
  };
}

/** `java` options with a log level for Kafka's own logging, which goes to standard error. */
export function javaOptions(logLevel: 'WARN' | 'INFO'): readonly string[] {
  return [
    ...smallJavaOptions(),
    `-Dvarve.log.level=${logLevel}`,
    `-Dlog4j.configuration=file:${join(here, 'logging', 'log4j.properties')}`,
    `-Dlog4j2.configurationFile=${join(here, 'logging', 'log4j2.xml')}`,
  ];
}
