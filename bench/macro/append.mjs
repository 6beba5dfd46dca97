/**
 * What the file handle costs on top of the system's own write, and what group commit saves.
 *
 *    npm run build && node bench/macro/append.mjs [--mib 256] [--rounds 7] [--waiters 1000]
 *
 * Appends: 1 MiB pieces to a file in the page cache, through FileHandle.writeSync, AppendFile and
 * fs.writeSync, interleaved; the file is cut before each. Commits: waiters append 100 bytes each
 * and ask for durability, all at once and one after another; commits per second. Prints tables of
 * medians and one line of JSON.
 */
import { closeSync, openSync, ftruncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AppendFile, nodeFileSystem } from '../../dist/native-free-io/index.js';
import {
  machine,
  median,
  numberOption,
  printTable,
  printVerdicts,
  verdict,
  withTemporaryDirectory,
} from './support.mjs';

const pieceBytes = 2 ** 20;
const pieces = numberOption('mib', 256);
const rounds = numberOption('rounds', 7);
const waiters = numberOption('waiters', 1000);

function timed(work) {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1e3;
}

async function measureAppends(directory) {
  const piece = new Uint8Array(pieceBytes).fill(7);
  const fd = openSync(join(directory, 'raw'), 'w+');
  const file = nodeFileSystem.openSync(join(directory, 'handle'), 'create');
  const appended = nodeFileSystem.openSync(join(directory, 'appended'), 'create');
  const writers = {
    'fs.writeSync': {
      cut: () => ftruncateSync(fd, 0),
      write: () => {
        for (let i = 0; i < pieces; i++) writeSync(fd, piece, 0, pieceBytes, i * pieceBytes);
      },
    },
    'FileHandle.writeSync': {
      cut: () => file.truncateSync(0),
      write: () => {
        for (let i = 0; i < pieces; i++) file.writeSync(piece, 0, pieceBytes, i * pieceBytes);
      },
    },
    'AppendFile.append': {
      cut: () => appended.truncateSync(0),
      write: () => {
        const appender = new AppendFile(appended, 0);
        for (let i = 0; i < pieces; i++) appender.append(piece);
        appender.flush();
      },
    },
  };
  const samples = Object.fromEntries(Object.keys(writers).map((name) => [name, []]));
  const gigabytes = (pieces * pieceBytes) / 1e9;
  const names = Object.keys(writers);
  for (let round = 0; round <= rounds; round++) {
    // Another one begins each round: the first pays for the write-back of the last.
    for (let i = 0; i < names.length; i++) {
      const name = names[(round + i) % names.length];
      const { cut, write } = writers[name];
      cut();
      const seconds = timed(write);
      cut();
      if (round > 0) samples[name].push(gigabytes / seconds);
    }
  }
  closeSync(fd);
  file.closeSync();
  appended.closeSync();
  return samples;
}

async function measureCommits(directory) {
  const record = new Uint8Array(100).fill(9);
  const together = [];
  const oneByOne = [];
  for (let round = 0; round <= rounds; round++) {
    const appender = await AppendFile.open(nodeFileSystem, join(directory, `commits-${round}`));
    let start = performance.now();
    const waiting = [];
    for (let i = 0; i < waiters; i++) {
      appender.append(record);
      waiting.push(appender.sync());
    }
    await Promise.all(waiting);
    const shared = (performance.now() - start) / 1e3;
    // A tenth of the waiters, alone: enough to know what one costs.
    const alone = Math.ceil(waiters / 10);
    start = performance.now();
    for (let i = 0; i < alone; i++) {
      appender.append(record);
      await appender.sync();
    }
    const single = (performance.now() - start) / 1e3;
    await appender.close();
    if (round === 0) continue;
    together.push(waiters / shared);
    oneByOne.push(alone / single);
  }
  return { together, oneByOne };
}

await withTemporaryDirectory(async (directory) => {
  const appends = await measureAppends(directory);
  const commits = await measureCommits(directory);
  const raw = median(appends['fs.writeSync']);
  printTable([
    ['append of 1 MiB pieces', 'GB/s', 'of fs.writeSync'],
    ...Object.entries(appends).map(([name, rates]) => [
      name,
      median(rates).toFixed(2),
      (median(rates) / raw).toFixed(3),
    ]),
  ]);
  console.log();
  const [together, oneByOne] = [median(commits.together), median(commits.oneByOne)];
  printTable([
    ['durable commits', 'per second'],
    [`${waiters} waiters at once`, together.toFixed(0)],
    ['one after another', oneByOne.toFixed(0)],
  ]);
  console.log();
  const verdicts = [
    verdict(
      'FileHandle of fs.writeSync',
      median(appends['FileHandle.writeSync']) / raw,
      '>=',
      0.95,
    ),
    verdict('AppendFile of fs.writeSync', median(appends['AppendFile.append']) / raw, '>=', 0.95),
    verdict('group commit of single', together / oneByOne, '>=', 200),
  ];
  printVerdicts(verdicts);
  const workload = { name: 'append', pieceBytes, pieces, rounds, waiters };
  console.log(JSON.stringify({ workload, machine: machine(), appends, commits, verdicts }));
});
