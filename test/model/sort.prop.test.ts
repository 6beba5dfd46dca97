import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { SortOptions } from '../../src/mapreduce/index.ts';
import { seedFor, Seeded } from '../helpers/seeded.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { gnuSort, hasGnuSort, sortAll } from '../unit/mapreduce/sort-world.ts';

const runs = Number(process.env['VARVE_MODEL_RUNS'] ?? 70);

const words = (
  '|a|b|B|aa|ab|A|z z|_|~|\u00e9|x\0y|x\0|a-b|\t| |0|-0|1|01|1.0|1.50|-1|-1.5|10|9|.5|-.5|+1|' +
  '1e2|1e-2|0x10|inf|-inf|1K|2K|1M|1k|-1K|0G|1.5G|999|1,000|Jan|FEB|mar|decx|Ma|  7|\t7|' +
  '007|12345678901234567890|1.'
).split('|');

/** -g counts in doubles here, in longer numbers there: fields joined by nothing would show it. */
function drawLine(seeded: Seeded, separator: string, isGeneral: boolean): string {
  const fields = Array.from({ length: seeded.between(0, 4) }, () => seeded.pick(words));
  const joint = seeded.chance(0.7)
    ? separator
    : seeded.pick([' ', '  ', '\t', ':', isGeneral ? ' ' : '']);
  return fields.join(joint).replaceAll('\n', '');
}

function drawOrdering(seeded: Seeded): string {
  const kind = seeded.pick(['', '', '', 'n', 'g', 'h', 'M', 'd', 'i']);
  const folds = kind === '' || kind === 'd' || kind === 'i' ? seeded.pick(['', '', 'f']) : '';
  return kind + folds + seeded.pick(['', '', 'r']) + seeded.pick(['', '', 'b']);
}

function drawKey(seeded: Seeded): string {
  const position = (least: number): string => {
    const byte = seeded.chance(0.4) ? `.${seeded.between(least, 4)}` : '';
    return `${seeded.between(1, 4)}${byte}`;
  };
  const start = position(1) + (seeded.chance(0.5) ? drawOrdering(seeded) : '');
  if (seeded.chance(0.4)) return start;
  const hasOwn = /[a-zA-Z]/.test(start);
  return `${start},${position(0)}${!hasOwn && seeded.chance(0.3) ? drawOrdering(seeded) : ''}`;
}

interface Draw {
  readonly options: SortOptions;
  readonly args: readonly string[];
  readonly separator: string;
}

function drawOptions(seeded: Seeded): Draw {
  const order = seeded.chance(0.5) ? drawOrdering(seeded) : '';
  const key = Array.from({ length: seeded.pick([0, 0, 1, 1, 2, 3]) }, () => drawKey(seeded));
  const separator = seeded.pick([undefined, undefined, ':', ' ', '\t', 'a']);
  const unique = seeded.chance(0.25);
  const stable = seeded.chance(0.25);
  const delimiter = seeded.chance(0.15) ? ('nul' as const) : ('newline' as const);
  const args = [
    ...(order === '' ? [] : [`-${order}`]),
    ...key.map((one) => `-k${one}`),
    ...(separator === undefined ? [] : ['-t', separator]),
    ...(unique ? ['-u'] : []),
    ...(stable ? ['-s'] : []),
    ...(delimiter === 'nul' ? ['-z'] : []),
  ];
  const options = { order, key, unique, stable, delimiter };
  return {
    options: separator === undefined ? options : { ...options, separator },
    args,
    separator: separator ?? ' ',
  };
}

function drawFile(seeded: Seeded, { options, args, separator }: Draw, lines: number): Buffer {
  const end = options.delimiter === 'nul' ? '\0' : '\n';
  const isGeneral = args.some((arg) => arg.includes('g'));
  const all = Array.from({ length: lines }, () =>
    drawLine(seeded, separator, isGeneral).replaceAll(end, ''),
  );
  const text = all.map((line) => line + end).join('');
  return Buffer.from(seeded.chance(0.2) ? text.replace(new RegExp(`${end}$`), '') : text, 'latin1');
}

test('sortFile gives what GNU sort gives, whatever options, keys and files', async () => {
  const seeded = new Seeded(seedFor('sort options'));
  const folder = temporaryFolder();
  const isGnu = hasGnuSort();
  for (let run = 0; run < runs; run++) {
    const draw = drawOptions(seeded);
    const isLong = seeded.chance(0.1);
    const count = seeded.between(1, 3);
    const files = Array.from({ length: count }, () =>
      drawFile(seeded, draw, isLong ? seeded.between(20_000, 40_000) : seeded.between(0, 60)),
    );
    const sizes = { memoryBytes: 1 << 20, parallel: seeded.between(1, 2) };
    const { out } = await sortAll(files, { ...draw.options, ...sizes });
    if (!isGnu) {
      // Without GNU sort there is still what any sort must do: keep every byte, unless unique.
      const bytes = files.reduce((sum, file) => sum + file.length, 0);
      expect(out.length).toBeLessThanOrEqual(bytes + count);
      continue;
    }
    const paths = files.map((file, index) => {
      const path = join(folder, String(index));
      writeFileSync(path, file);
      return path;
    });
    const expected = gnuSort([...draw.args, ...paths]);
    expect(expected.err).toBe('');
    const where = JSON.stringify({
      run,
      args: draw.args,
      sizes: files.map(({ length }) => length),
    });
    if (!out.equals(expected.out)) {
      const lines = out.toString('latin1').split('\n');
      const wanted = expected.out.toString('latin1').split('\n');
      const at = wanted.findIndex((line, index) => line !== lines[index]);
      expect({ at, line: lines.slice(at, at + 4) }, where).toEqual({
        at,
        line: wanted.slice(at, at + 4),
      });
    }
    expect(out.equals(expected.out), where).toBe(true);
  }
}, 120_000);
