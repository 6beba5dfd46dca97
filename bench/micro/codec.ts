/**
 * Compression codecs beside the bare libraries and their alternatives, as MB/s of uncompressed
 * bytes: `npm run bench` builds it, `node dist-bench/bench/micro/codec.js [NAME…]` runs it.
 *
 * Alternatives are not dependencies; those found are measured (decision 0007 was, with
 * `npm install --no-save snappyjs lz4js lz4-wasm-nodejs @bokuweb/zstd-wasm zstd-codec fzstd
 * zstddec`).
 * The best of many short runs is given beside the median: other work on the machine only slows.
 */
import { createRequire } from 'node:module';
import { codecByName, codecNames } from '../../native-free-io/index.ts';

type Bytes = (bytes: Uint8Array) => Uint8Array;

interface Contender {
  readonly name: string;
  readonly compress: Bytes;
  readonly decompress: Bytes;
}

/** The parts of the alternatives that are called; none of them has types that all agree on. */
interface Module {
  readonly [name: string]: (...given: unknown[]) => Uint8Array;
}

const load = createRequire(import.meta.url);
const sizes = { '1 MiB': 1 << 20, '16 KiB': 16 << 10 } as const;
const runs = 31;
/** Bytes per timed run, so that short inputs are repeated. */
const runBytes = 4 << 20;

const wanted = process.argv.slice(2);
const contenders = [...ours(), ...libraries(), ...(await alternatives())].filter(
  ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
);
for (const [label, size] of Object.entries(sizes)) {
  const source = text(size);
  console.log(`\n${label} of text-like bytes       ratio   compress          decompress`);
  for (const contender of contenders) console.log(line(contender, source));
}

function ours(): Contender[] {
  return codecNames.map((name) => {
    const codec = codecByName(name);
    return {
      name: `varve ${name}`,
      compress: (bytes) => codec.compressSync(bytes),
      decompress: (bytes) => codec.decompressSync(bytes, { maxLength: 1 << 21 }),
    };
  });
}

function libraries(): Contender[] {
  const snappy = load('snappy') as Module;
  const lz4 = load('lz4-napi') as Module;
  const { Encoder, Decoder } = load('@toondepauw/node-zstd') as {
    Encoder: new (level: number) => { encodeSync: Bytes };
    Decoder: new () => { decodeSync: Bytes };
  };
  const call = (module: Module, name: string, ...more: unknown[]): Bytes => {
    return (bytes) => module[name]!(bytes, ...more);
  };
  return [
    {
      name: 'snappy 7, raw block',
      compress: call(snappy, 'compressSync'),
      decompress: call(snappy, 'uncompressSync', { asBuffer: true }),
    },
    {
      name: 'lz4-napi, raw block',
      compress: call(lz4, 'compressSync'),
      decompress: call(lz4, 'uncompressSync'),
    },
    {
      name: 'lz4-napi, frame',
      compress: call(lz4, 'compressFrameSync'),
      decompress: call(lz4, 'decompressFrameSync'),
    },
    {
      name: 'node-zstd 3',
      compress: (bytes) => new Encoder(3).encodeSync(bytes),
      decompress: (bytes) => new Decoder().decodeSync(bytes),
    },
  ];
}

async function alternatives(): Promise<Contender[]> {
  const found: Contender[] = [];
  const add = (name: string, module: Module | undefined, names: readonly [string, string]) => {
    if (module === undefined) return;
    const [compress, decompress] = names;
    found.push({
      name,
      compress: (bytes) => module[compress]!(bytes),
      decompress: (bytes) => module[decompress]!(bytes),
    });
  };
  add('snappyjs, raw block', optional('snappyjs'), ['compress', 'uncompress']);
  add('lz4js, frame', optional('lz4js'), ['compress', 'decompress']);
  add('lz4-wasm-nodejs, raw block', optional('lz4-wasm-nodejs'), ['compress', 'decompress']);
  const wasm = optional('@bokuweb/zstd-wasm') as
    | (Module & { init(): Promise<void>; compress(bytes: Uint8Array, level: number): Uint8Array })
    | undefined;
  if (wasm === undefined) return found;
  await wasm.init();
  const compress: Bytes = (bytes) => wasm.compress(bytes, 3);
  const decoders: (readonly [string, Bytes | undefined])[] = [
    ['@bokuweb/zstd-wasm 3', wasm['decompress']],
    ['fzstd (reads only)', optional('fzstd')?.['decompress']],
  ];
  for (const [name, decompress] of decoders) {
    if (decompress !== undefined) found.push({ name, compress, decompress });
  }
  const codec = optional('zstd-codec') as unknown as
    { ZstdCodec: { run(done: (made: { Simple: new () => Module }) => void): void } } | undefined;
  if (codec === undefined) return found;
  const simple = await new Promise<Module>((resolve) => {
    codec.ZstdCodec.run(({ Simple }) => resolve(new Simple()));
  });
  found.push({
    name: 'zstd-codec 3',
    compress: (bytes) => simple['compress']!(bytes, 3),
    decompress: (bytes) => simple['decompress']!(bytes),
  });
  return found;
}

function optional(name: string): Module | undefined {
  try {
    return load(name) as Module;
  } catch {
    return undefined;
  }
}

function line({ name, compress, decompress }: Contender, source: Uint8Array): string {
  const packed = compress(source);
  if (Buffer.compare(decompress(packed), source) !== 0) throw new Error(`${name} lost bytes`);
  const ratio = (source.length / packed.length).toFixed(2);
  const compressing = rate(compress, source, source.length);
  const decompressing = rate(decompress, packed, source.length);
  return `${name.padEnd(30)} ${ratio.padStart(6)}   ${compressing}   ${decompressing}`;
}

/** Best and median MB/s of uncompressed bytes. */
function rate(work: Bytes, input: Uint8Array, uncompressedBytes: number): string {
  const repeats = Math.max(1, Math.round(runBytes / uncompressedBytes));
  const seconds: number[] = [];
  for (let run = 0; run < runs; run++) {
    const began = performance.now();
    for (let repeat = 0; repeat < repeats; repeat++) work(input);
    seconds.push((performance.now() - began) / 1000 / repeats);
  }
  seconds.sort((a, b) => a - b);
  const megabytes = (index: number) => Math.round(uncompressedBytes / seconds[index]! / 1e6);
  return `${String(megabytes(0)).padStart(5)} (${String(megabytes(runs >> 1)).padStart(5)})`;
}

/** JSON lines of words from a fixed vocabulary, the frequent ones far more often. */
function text(length: number): Uint8Array {
  let state = 7;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const words = Array.from({ length: 4000 }, () =>
    Array.from({ length: 2 + Math.floor(next() * 8) }, () =>
      String.fromCharCode(97 + Math.floor(next() * next() * 26)),
    ).join(''),
  );
  const lines: string[] = [];
  for (let made = 0, id = 100_000; made < length; id++) {
    const chosen = Array.from({ length: 8 }, () => words[Math.floor(next() ** 3 * 4000)]);
    const row = `{"id":${id},"message":"${chosen.join(' ')}","time":${1.7e12 + Math.floor(next() * 1e8)}}\n`;
    lines.push(row);
    made += row.length;
  }
  return new TextEncoder().encode(lines.join('')).subarray(0, length);
}
