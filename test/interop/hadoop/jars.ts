/** Apache Hadoop's jars and the program that drives them (see ../java-program.ts). */
import { join } from 'node:path';
import { programClasspath, smallJavaOptions } from '../java-program.ts';
import { interopRoot } from '../repository.ts';

export interface HadoopJars {
  /** Apache's jars and the compiled program, joined for `-cp`. */
  readonly classpath: string;
  /** `java` options that suit short runs on a small machine. */
  readonly options: readonly string[];
}

export const hadoopVersion = '3.4.2';
const here = join(interopRoot, 'hadoop');

/** Resolves the jars and compiles the program against them; later calls are cheap. */
export async function hadoopJars(): Promise<HadoopJars> {
  const classpath = await programClasspath({
    name: `hadoop-${hadoopVersion}`,
    pom: join(here, 'maven', hadoopVersion, 'pom.xml'),
    sources: [join(here, 'java')],
  });
  return {
    classpath,
    options: [
      ...smallJavaOptions(),
      // Hadoop 3.4 is compiled for Java 8 and looks into these by reflection.
      '--add-opens=java.base/java.lang=ALL-UNNAMED',
      '--add-opens=java.base/java.nio=ALL-UNNAMED',
      '-Dvarve.log.level=WARN',
      `-Dlog4j.configuration=file:${join(here, 'logging', 'log4j.properties')}`,
    ],
  };
}
