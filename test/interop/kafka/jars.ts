/**
 * Apache Kafka's jars and our small Java program, ready to run.
 *
 * The jars are pinned by the pom of each version under maven/ and resolved once by Maven; the list
 * of their paths and the compiled program are kept under .cache/interop, keyed by what they were
 * made from. Without java, javac or mvn everything here throws: an interop test must never pass
 * because nothing ran.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { interopRoot, repositoryRoot } from '../repository.ts';

const run = promisify(execFile);

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
const cache = join(repositoryRoot, '.cache', 'interop');

/** Resolves the jars of a version and compiles the program against them; later calls are cheap. */
export async function kafkaJars(version: KafkaVersion): Promise<KafkaJars> {
  await requireTools();
  const apache = await resolveClasspath(version);
  const classes = await compileProgram(version, apache);
  return {
    version,
    classpath: [classes, apache].join(delimiter),
    options: javaOptions('WARN'),
    dumpLogSegmentsClass:
      version === '3.9.1'
        ? 'kafka.tools.DumpLogSegments'
        : 'org.apache.kafka.tools.DumpLogSegments',
  };
}

/** `java` options with a log level for Kafka's own logging, which goes to standard error. */
export function javaOptions(logLevel: 'WARN' | 'INFO'): readonly string[] {
  // The codecs unpack their libraries there, and a killed broker cannot remove them.
  const temporary = join(cache, 'tmp');
  mkdirSync(temporary, { recursive: true });
  return [
    `-Djava.io.tmpdir=${temporary}`,
    '-Xmx512m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-Xshare:auto',
    '-Djava.awt.headless=true',
    `-Dvarve.log.level=${logLevel}`,
    `-Dlog4j.configuration=file:${join(here, 'logging', 'log4j.properties')}`,
    `-Dlog4j2.configurationFile=${join(here, 'logging', 'log4j2.xml')}`,
  ];
}

async function requireTools(): Promise<void> {
  const missing: string[] = [];
  for (const [tool, argument] of [
    ['java', '-version'],
    ['javac', '-version'],
    ['mvn', '-version'],
  ] as const) {
    try {
      await run(tool, [argument]);
    } catch {
      missing.push(tool);
    }
  }
  if (missing.length > 0) {
    throw new Error(
      `The interop tests run Apache Kafka itself and need ${missing.join(', ')}, which cannot be ` +
        'started here. Install a JDK (17 or newer) and Apache Maven; see docs/testing-interop.md.',
    );
  }
}

async function resolveClasspath(version: KafkaVersion): Promise<string> {
  const pom = join(here, 'maven', version, 'pom.xml');
  const list = join(cache, `kafka-${version}-${hashOf([pom])}.classpath`);
  if (existsSync(list)) {
    const known = readFileSync(list, 'utf8').trim();
    if (known.split(delimiter).every((jar) => existsSync(jar))) return known;
  }
  mkdirSync(cache, { recursive: true });
  const fresh = `${list}.${process.pid}.tmp`;
  try {
    await run(
      'mvn',
      ['-q', '-B', '-f', pom, 'dependency:build-classpath', `-Dmdep.outputFile=${fresh}`],
      { maxBuffer: 1 << 26 },
    );
  } catch (cause) {
    const { stdout = '', stderr = '' } = cause as { stdout?: string; stderr?: string };
    throw new Error(
      `Maven could not resolve the jars of Apache Kafka ${version} (${pom}):\n${stdout}${stderr}`,
      { cause },
    );
  }
  renameSync(fresh, list);
  return readFileSync(list, 'utf8').trim();
}

async function compileProgram(version: KafkaVersion, classpath: string): Promise<string> {
  const own = version === '3.9.1' ? 'v3' : 'v4';
  const folders = [join(here, 'java', 'common'), join(here, 'java', own)];
  const files = folders.flatMap(javaFilesIn).sort();
  const classes = join(cache, `kafka-${version}-${hashOf(files, classpath)}.classes`);
  if (existsSync(classes)) return classes;

  const work = `${classes}.${process.pid}.tmp`;
  const sources = join(work, 'sources');
  for (const folder of folders) cpSync(folder, sources, { recursive: true });
  const copies = javaFilesIn(sources);
  if (version === '3.9.1') {
    // The record classes moved into an `internal` package in 4.3; nothing else about them changed.
    for (const file of copies) {
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, text.replaceAll('.common.record.internal.', '.common.record.'));
    }
  }
  const output = join(work, 'classes');
  mkdirSync(output);
  try {
    await run('javac', ['-nowarn', '-cp', classpath, '-d', output, ...copies], {
      maxBuffer: 1 << 26,
    });
  } catch (cause) {
    const { stderr = '' } = cause as { stderr?: string };
    throw new Error(`javac refused the interop program for Kafka ${version}:\n${stderr}`, {
      cause,
    });
  }
  try {
    renameSync(output, classes);
  } catch (cause) {
    // Another worker compiled the same sources first; its result is as good.
    if (!existsSync(classes)) throw cause;
  }
  rmSync(work, { recursive: true, force: true });
  return classes;
}

function javaFilesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => path.endsWith('.java') && statSync(path).isFile());
}

function hashOf(files: readonly string[], salt = ''): string {
  const hash = createHash('sha256').update(salt);
  for (const file of files) hash.update(readFileSync(file)).update('\0');
  return hash.digest('hex').slice(0, 16);
}
