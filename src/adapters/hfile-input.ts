/**
 * Store files (HFiles) as the input of a job: a record per cell that was put, its row and its
 * value as bytes, or all of the cell. Each file is one split. Delete markers, and cells that others
 * hide, are left as they are: what a table says is read through `TableInput`.
 */
import { baseName, joinPath, type FileSystem } from '../../native-free-io/index.ts';
import type { Env } from '../env/index.ts';
import { CellType, HFileReader, type CellView } from '../lsm/index.ts';
import type { InputSplit, JobInput, RecordBatch, RecordReader } from '../mapreduce/index.ts';
import { InputCell } from './input-cell.ts';
import { PairBatch } from './pair-batch.ts';

export interface HFileInputOptions {
  /** Only cells of this family, and of this qualifier. Default: all. */
  readonly family?: string;
  readonly qualifier?: string;
  /** Values are `InputCell`s, with family, qualifier and timestamp. Default: bytes. */
  readonly cells?: boolean;
}

/** Files, or directories whose files are taken, those within families too. */
export function HFileInput(
  paths: string | readonly string[],
  options: HFileInputOptions = {},
): JobInput {
  return {
    async splits(fs) {
      const files: { path: string; size: number }[] = [];
      for (const path of typeof paths === 'string' ? [paths] : paths) {
        files.push(...(await filesAt(fs, path)));
      }
      const href = new URL('./hfile-input.js', import.meta.url).href;
      const reader = { href, name: 'openHFileSplit' };
      return files.map(({ path, size }) => ({
        reader,
        path,
        start: 0,
        length: size,
        detail: options,
      }));
    },
  };
}

async function filesAt(fs: FileSystem, path: string): Promise<{ path: string; size: number }[]> {
  const stat = await fs.stat(path);
  if (stat?.kind !== 'directory') return [{ path, size: stat?.size ?? 0 }];
  const found: { path: string; size: number }[] = [];
  for (const { name } of await fs.list(path)) {
    if (!/^[._]/.test(baseName(name))) found.push(...(await filesAt(fs, joinPath(path, name))));
  }
  return found;
}

/** The reader of a split; tasks call it by name. */
export function openHFileSplit(split: InputSplit, env: Env): RecordReader {
  return new HFileSplitReader(HFileReader.openSync(env.fs, split.path), split);
}

const cellsPerBatch = 1024;

class HFileSplitReader implements RecordReader {
  readonly keyType = 'textBytes';
  readonly valueType: 'text' | 'textBytes';
  readonly #file: HFileReader;
  readonly #cursor: ReturnType<HFileReader['cursor']>;
  readonly #split: InputSplit;
  readonly #wants: (cell: CellView) => boolean;
  readonly #cells: number;
  #seen = 0;
  #isThere: boolean;

  constructor(file: HFileReader, split: InputSplit) {
    this.#file = file;
    this.#split = split;
    this.#cursor = file.cursor({ scan: true });
    this.#isThere = this.#cursor.first();
    this.#cells = Math.max(1, file.trailer.entryCount);
    const options = split.detail as HFileInputOptions;
    this.valueType = options.cells === true ? 'text' : 'textBytes';
    this.#wants = wantedBy(options);
  }

  get progress(): number {
    return Math.min(1, this.#seen / this.#cells);
  }
  get bytesRead(): number {
    return Math.round(this.progress * this.#split.length);
  }

  nextBatch(): RecordBatch | undefined {
    const batch = new PairBatch();
    while (this.#isThere && batch.count < cellsPerBatch) {
      const { cell } = this.#cursor;
      if (this.#wants(cell)) batch.add(cell.copyRow(), this.#valueOf(cell));
      this.#seen++;
      this.#isThere = this.#cursor.next();
    }
    return batch.count === 0 ? undefined : batch;
  }

  #valueOf(cell: CellView): InputCell | Uint8Array {
    if (this.valueType !== 'text') return cell.copyValue();
    return new InputCell({
      family: textOf(cell.copyFamily()),
      qualifier: cell.copyQualifier(),
      timestamp: cell.timestamp,
      value: cell.copyValue(),
    });
  }

  close(): void {
    this.#cursor.close();
    this.#file.close();
  }
}

function wantedBy({ family, qualifier }: HFileInputOptions): (cell: CellView) => boolean {
  return (cell) =>
    cell.type === CellType.put &&
    (family === undefined || textOf(cell.copyFamily()) === family) &&
    (qualifier === undefined || textOf(cell.copyQualifier()) === qualifier);
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
