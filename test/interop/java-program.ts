/**
 * Apache's jars and our small Java programs, ready to run.
 *
 * The jars are pinned by a pom and resolved once by Maven; the list of their paths and the compiled
 * program are kept under .cache/interop, keyed by what they were made from. Without java, javac or
 * mvn everything here throws: an interop test must never pass because nothing ran.
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
import { interopRoot, repositoryRoot } from './repository.ts';

const run = promisify(execFile);
const cache = join(repositoryRoot, '.cache', 'interop');
/** The server that every program has in common. */
const commonSources = join(interopRoot, 'java');

export interface JavaProgram {
  /** Upstream and version, for messages and file names: `kafka-3.9.1`. */
  readonly name: string;
  /** The pom that pins Apache's jars. */
  readonly pom: string;
  /** Folders of our Java sources, beside the common server. */
  readonly sources: readonly string[];
  /** Changes the text of every source for this version. */
  readonly adapt?: (text: string) => string;
}

/** Resolves the jars and compiles the program against them; later calls are cheap. */
export async function programClasspath(program: JavaProgram): Promise<string> {
  await requireTools();
  const apache = await resolveClasspath(program);
  const classes = await compileProgram(program, apache);
  return [classes, apache].join(delimiter);
}

/** `java` options that suit short runs on a small machine. */
export function smallJavaOptions(): readonly string[] {
  // Libraries unpack themselves there, and a killed process cannot remove them.
  const temporary = join(cache, 'tmp');
  mkdirSync(temporary, { recursive: true });
  return [
    `-Djava.io.tmpdir=${temporary}`,
    '-Xmx512m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-Xshare:auto',
    '-Djava.awt.headless=true',
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
      `The interop tests run Apache's own software and need ${missing.join(', ')}, which cannot be ` +
        'started here. Install a JDK (17 or newer) and Apache Maven; see docs/testing-interop.md.',
    );
  }
}

async function resolveClasspath({ name, pom }: JavaProgram): Promise<string> {
  const list = join(cache, `${name}-${hashOf([pom])}.classpath`);
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
    throw new Error(`Maven could not resolve the jars of ${name} (${pom}):\n${stdout}${stderr}`, {
      cause,
    });
  }
  renameSync(fresh, list);
  return readFileSync(list, 'utf8').trim();
}

async function compileProgram(program: JavaProgram, classpath: string): Promise<string> {
  const { name, adapt } = program;
  const folders = [commonSources, ...program.sources];
  const files = folders.flatMap(javaFilesIn).sort();
  const classes = join(cache, `${name}-${hashOf(files, classpath)}.classes`);
  if (existsSync(classes)) return classes;

  const work = `${classes}.${process.pid}.tmp`;
  const sources = join(work, 'sources');
  for (const folder of folders) cpSync(folder, sources, { recursive: true });
  const copies = javaFilesIn(sources);
  if (adapt !== undefined) {
    for (const file of copies) writeFileSync(file, adapt(readFileSync(file, 'utf8')));
  }
  const output = join(work, 'classes');
  mkdirSync(output);
  try {
    await run('javac', ['-nowarn', '-d', output, ...copies], {
      maxBuffer: 1 << 26,
      env: { ...process.env, CLASSPATH: classpath },
    });
  } catch (cause) {
    const { stderr = '' } = cause as { stderr?: string };
    throw new Error(`javac refused the interop program for ${name}:\n${stderr}`, { cause });
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
