/** A Python interpreter with the confluent-kafka package, made once under .cache. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '../repository.ts';

const run = promisify(execFile);
const version = '2.16.1';

export async function pythonWithKafka(): Promise<string> {
  const folder = join(repositoryRoot, '.cache', 'interop', `python-confluent-kafka-${version}`);
  const python = join(folder, 'bin', 'python');
  const marker = join(folder, 'bin', 'pip');
  if (!existsSync(marker)) await run('python3', ['-m', 'venv', folder]);
  try {
    await run(python, ['-c', 'import confluent_kafka']);
  } catch {
    await run(marker, ['install', '--quiet', `confluent-kafka==${version}`]);
  }
  return python;
}
