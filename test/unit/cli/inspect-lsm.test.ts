/** `varve inspect` on store files and write-ahead logs. */
import { openSync, truncateSync, writeSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeFileSystem } from '../../../native-free-io/index.ts';
import { realEnv } from '../../../src/env/index.ts';
import { HFileWriter, Wal, type InspectedLsmFile } from '../../../src/lsm/index.ts';
import { randomCells, testCell, viewOf } from '../../helpers/lsm-cells.ts';
import { Seeded } from '../../helpers/seeded.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { editOf } from '../../helpers/wal-edits.ts';
import { varve } from './cli-world.ts';

async function storeFile(count = 500): Promise<string> {
  const path = join(temporaryFolder(), 'abcdef0123456789');
  const writer = HFileWriter.create(nodeFileSystem, path, { blockBytes: 1000, compression: 'gz' });
  for (const cell of randomCells(new Seeded(5), { count })) writer.append(viewOf(cell));
  await writer.finish();
  return path;
}

async function log(): Promise<string> {
  const wal = await Wal.open({ env: realEnv(), directory: temporaryFolder() });
  for (let i = 1; i <= 5; i++)
    wal.append(editOf(`region-${i % 2}`, i, [testCell({ row: `r${i}` })]));
  await wal.close();
  return wal.path;
}

describe('varve inspect of a store file', () => {
  it('knows one that was cut short, and says so', async () => {
    const path = await storeFile();
    truncateSync(path, 2000);
    const { code, out } = await varve(['inspect', path]);
    expect(code).toBe(1);
    expect(out).toMatch(/^HBase store file \(HFile\), 2000 bytes\n/);
    expect(out).toContain(path);
  });

  it('tells what the file says of itself', async () => {
    const path = await storeFile();
    const { code, out } = await varve(['inspect', path]);
    expect(code).toBe(0);
    expect(out).toMatch(/^HBase store file \(HFile\), \d+ bytes\nversion: 3\.3\n/);
    for (const line of ['compression: gz', 'BLOOM_FILTER_TYPE: ROW', 'TIMERANGE: -5 to ']) {
      expect(out).toContain(line);
    }
    const json = JSON.parse((await varve(['inspect', path, '--json'])).out) as InspectedLsmFile;
    expect(json.meta).toMatchObject({ version: '3.3', compression: 'gz', KEY_VALUE_VERSION: '1' });
  });

  it('prints keys, blocks and sizes when asked', async () => {
    const path = await storeFile();
    const keys = await varve(['inspect', path, '--show', 'keys', '--limit', '7']);
    expect(keys.out.split('\n')).toHaveLength(1 + 7 + 1 + 1);
    expect(keys.out).toMatch(/^row-\d+\S*\/fam:\S*\/\S+\/\w+\/vlen=\d+\/seqid=\d+/m);
    const blocks = await varve(['inspect', path, '--show', 'blocks', '--limit', '1000']);
    for (const type of ['data', 'bloomChunk', 'rootIndex', 'fileInfo', 'generalBloomMeta']) {
      expect(blocks.out).toMatch(new RegExp(`^block \\d+: ${type}, `, 'm'));
    }
    const sizes = await varve(['inspect', path, '--show', 'meta,histogram']);
    expect(sizes.out).toMatch(/^key bytes: \d+, \d+ to \d+, mean [\d.]+$/m);
    expect(sizes.out).toMatch(/^cells of a row: /m);
    const wrong = await varve(['inspect', path, '--show', 'everything']);
    expect(wrong.code).toBe(2);
  });

  it('exits with 1 and names file and byte of damage', async () => {
    const path = await storeFile();
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.of(0xff), 0, 1, 300);
    closeSync(file);
    const { code, out } = await varve(['inspect', path, '--show', 'keys']);
    expect(code).toBe(1);
    expect(out).toContain(`${path}: byte 0: data block: a checksum does not match`);
  });
});

describe('varve inspect of a write-ahead log', () => {
  it('tells its regions, its end, and its entries when asked', async () => {
    const path = await log();
    const { code, out } = await varve(['inspect', path, '--show', 'meta,keys,histogram']);
    expect(code).toBe(0);
    expect(out).toMatch(/^HBase write-ahead log, \d+ bytes\n/);
    for (const line of [
      'entries: 5',
      'ending: closed',
      'region region-1: 3 entries, 3 cells, sequence ids 1 to 5',
      'sequence id 4, time 1700000000004, 1 cells\n  r4/f:q/100/Put/vlen=5/seqid=4',
    ]) {
      expect(out).toContain(line);
    }
  });

  it('tells a torn end, which is no damage', async () => {
    const path = await log();
    truncateSync(path, nodeFileSystem.statSync(path)!.size - 20);
    const { code, out } = await varve(['inspect', path]);
    expect(code).toBe(0);
    expect(out).toContain('entries: 4\nending: torn\n');
  });
});
