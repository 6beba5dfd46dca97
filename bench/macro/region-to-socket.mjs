/**
 * How quick and how cheap a cached file reaches a TCP peer on loopback.
 *
 *    npm run build && node bench/macro/region-to-socket.mjs [--mib 1024] [--rounds 5]
 *
 * Four senders in turn, round after round, to the same sink (a process of its own that reads and
 * drops everything): sendRegion as it is and with 2 MiB pieces, `createReadStream().pipe()` as it
 * is, and a native program that calls sendfile(2). Time runs from the first byte sent to the sink's
 * close; the sender's CPU time is that of its whole process. On loopback the system does part of
 * the sending in the receiver's name whenever the receiver lags, so the CPU time of both is given
 * too. One round before the counted ones warms caches and compilers. Prints a table of medians and
 * one line of JSON.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, createReadStream, openSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { nodeFileSystem, sendRegion } from '../../dist/native-free-io/index.js';
import {
  least,
  machine,
  median,
  most,
  numberOption,
  printTable,
  printVerdicts,
  verdict,
  withTemporaryDirectory,
} from './support.mjs';

const bytes = numberOption('mib', 1024) * 2 ** 20;
const rounds = numberOption('rounds', 5);
const baselines = fileURLToPath(new URL('../baselines/', import.meta.url));

/** A file of `bytes` bytes that no file system can keep as zeros, in the page cache. */
function makeFile(path) {
  const piece = new Uint32Array(2 ** 18);
  for (let i = 0; i < piece.length; i++) piece[i] = Math.imul(i + 1, 2654435761);
  const fd = openSync(path, 'w');
  for (let at = 0; at < bytes; at += piece.byteLength) {
    piece[0] = at;
    writeSync(fd, piece, 0, Math.min(piece.byteLength, bytes - at));
  }
  closeSync(fd);
}

/** The command of the native program: compiled C, or Python where there is no compiler. */
function nativeCommand(directory) {
  const program = join(directory, 'sendfile');
  const made = spawnSync('cc', ['-O2', '-o', program, join(baselines, 'sendfile.c')]);
  if (made.status === 0) return { name: 'sendfile(2), C', words: [program] };
  return { name: 'sendfile(2), Python', words: ['python3', join(baselines, 'sendfile.py')] };
}

async function startSink(native) {
  const [program, ...words] = [...native.words, 'sink'];
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout);
  const [first] = await once(lines, 'line');
  return { port: Number(first.split(' ')[1]), lines, stop: () => child.kill() };
}

async function sendNative(native, port, path) {
  const [program, ...words] = [...native.words, 'send', String(port), path, String(bytes)];
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface(child.stdout), 'line');
  const { seconds, cpuSeconds } = JSON.parse(line);
  return { seconds, cpuSeconds };
}

/** Times `send` from a fresh connection to the sink's close. */
async function sendHere(port, send) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.resume();
  const closed = once(socket, 'close');
  const cpu = process.cpuUsage();
  const start = performance.now();
  await send(socket);
  await closed;
  const seconds = (performance.now() - start) / 1e3;
  const { user, system } = process.cpuUsage(cpu);
  return { seconds, cpuSeconds: (user + system) / 1e6 };
}

async function sendByRegion(socket, file, options) {
  await sendRegion({ file, position: 0, length: bytes }, socket, options);
  socket.end();
}

async function measure(directory) {
  const path = join(directory, 'cached');
  makeFile(path);
  const native = nativeCommand(directory);
  const sink = await startSink(native);
  const file = nodeFileSystem.openSync(path, 'read');
  const senders = {
    sendRegion: () => sendHere(sink.port, (socket) => sendByRegion(socket, file, {})),
    'sendRegion, 2 MiB pieces': () =>
      sendHere(sink.port, (socket) => sendByRegion(socket, file, { pieceBytes: 2 ** 21 })),
    [native.name]: () => sendNative(native, sink.port, path),
    'createReadStream().pipe()': () =>
      sendHere(sink.port, async (socket) => void createReadStream(path).pipe(socket)),
  };
  const samples = Object.fromEntries(Object.keys(senders).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, send] of Object.entries(senders)) {
      const received = once(sink.lines, 'line');
      const sample = await send();
      const [line] = await received;
      const sunk = JSON.parse(line);
      if (sunk.bytes !== bytes) throw new Error(`${name}: the sink got ${line}`);
      if (round > 0) samples[name].push({ ...sample, sinkCpuSeconds: sunk.cpuSeconds });
    }
  }
  file.closeSync();
  sink.stop();
  return { native: native.name, samples };
}

function summarize(samples) {
  const gigabytes = bytes / 1e9;
  return Object.entries(samples).map(([name, list]) => {
    const rates = list.map(({ seconds }) => gigabytes / seconds);
    const cpus = list.map(({ cpuSeconds }) => cpuSeconds / gigabytes);
    const boths = list.map((sample) => (sample.cpuSeconds + sample.sinkCpuSeconds) / gigabytes);
    return {
      name,
      gbPerSecond: median(rates),
      least: least(rates),
      most: most(rates),
      cpuSecondsPerGb: median(cpus),
      bothCpuSecondsPerGb: median(boths),
    };
  });
}

await withTemporaryDirectory(async (directory) => {
  const { native, samples } = await measure(directory);
  const results = summarize(samples);
  const of = (name) => results.find((result) => result.name === name);
  const [ours, theirs, pipe] = [of('sendRegion'), of(native), of('createReadStream().pipe()')];
  const verdicts = [
    verdict('GB/s of native sendfile', ours.gbPerSecond / theirs.gbPerSecond, '>=', 1),
    verdict('CPU of native sendfile', ours.cpuSecondsPerGb / theirs.cpuSecondsPerGb, '<=', 1.1),
    verdict('GB/s of pipe()', ours.gbPerSecond / pipe.gbPerSecond, '>=', 2.5),
  ];
  printTable([
    ['sender', 'GB/s', 'least', 'most', 'sender CPU s/GB', 'with sink'],
    ...results.map((result) => [
      result.name,
      result.gbPerSecond.toFixed(2),
      result.least.toFixed(2),
      result.most.toFixed(2),
      result.cpuSecondsPerGb.toFixed(3),
      result.bothCpuSecondsPerGb.toFixed(3),
    ]),
  ]);
  console.log();
  printVerdicts(verdicts);
  const workload = { name: 'region-to-socket', bytes, rounds };
  console.log(JSON.stringify({ workload, machine: machine(), results, samples, verdicts }));
});
