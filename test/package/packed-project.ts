/** The package packed and installed into an empty project, beside a second release of Node. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const runFile = promisify(execFile);
export const root: string = fileURLToPath(new URL('../..', import.meta.url));

const platform = process.platform === 'win32' ? 'win' : process.platform;
/** Carries the binary of a Node release; the package `node` would fetch it by a script. */
const secondNodePackage = `node-${platform}-${process.arch}`;
/** Of the long-term-support line that is current. */
const secondNodeMajor = 24;

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
}

export class PackedProject implements Disposable {
  readonly dir: string;
  readonly tarball: string;

  private constructor(dir: string, tarball: string) {
    this.dir = dir;
    this.tarball = tarball;
  }

  static async make(): Promise<PackedProject> {
    // The space is on purpose: paths made from URLs without care break at it.
    const dir = mkdtempSync(join(tmpdir(), 'varve package-'));
    try {
      const pack = await run('npm', ['pack', '--json', '--pack-destination', dir], root);
      const [{ filename }] = JSON.parse(pack.stdout) as [{ filename: string }];
      const project = new PackedProject(dir, join(dir, filename));
      const manifest = { name: 'user', private: true, type: 'module' };
      project.write('package.json', JSON.stringify(manifest));
      const secondNode = `${secondNodePackage}@${secondNodeMajor}`;
      // Without scripts: nothing may be compiled or fetched while installing.
      const flags = ['--ignore-scripts', '--no-audit', '--no-fund'];
      await run('npm', ['install', ...flags, project.tarball, secondNode], dir);
      return project;
    } catch (error) {
      rmSync(dir, { recursive: true, force: true });
      throw error;
    }
  }

  /** The Nodes to run with, by name. */
  get nodes(): Readonly<Record<'this Node' | 'the current LTS', string>> {
    const second = join(this.dir, 'node_modules', secondNodePackage, 'bin', 'node');
    return { 'this Node': process.execPath, 'the current LTS': second };
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.dir, name), text);
  }

  /** A path that does not exist yet, named as a partition. */
  newPartition(): string {
    return join(mkdtempSync(join(this.dir, 'data-')), 'orders-0');
  }

  run(program: string, args: readonly string[]): Promise<Ran> {
    return run(program, args, this.dir);
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Rejects, with the output in the message, when the program does not exit with 0. */
export async function run(program: string, args: readonly string[], cwd: string): Promise<Ran> {
  try {
    return await runFile(program, [...args], { cwd, maxBuffer: 64 << 20 });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as Partial<Ran>;
    throw new Error(`${program} ${args.join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}

export { secondNodeMajor };
