/**
 * Numbers for new blocks, where no NameNode gives them: ids from 2^30 + 1 and generation stamps
 * from 1001, neither ever used twice, also not after a crash or the deletion of the newest block.
 *
 * `<volume>/varve/counters.json` of every volume holds numbers that are certainly unused; they are
 * raised by a thousand before the first of them is given out.
 */
import { joinPath } from '../../native-free-io/index.ts';
import { readText, type Volume } from './volume.ts';

const firstBlockId = 2n ** 30n + 1n;
const firstGenerationStamp = 1001;
const step = 1000;

export class Counters {
  readonly #volumes: () => readonly Volume[];
  #nextId = firstBlockId;
  #nextStamp = firstGenerationStamp;
  #idLimit = 0n;
  #stampLimit = 0;

  constructor(volumes: () => readonly Volume[]) {
    this.#volumes = volumes;
    for (const volume of volumes()) this.#read(volume);
  }

  /** Numbers in use lie below those given out. */
  see(id: bigint, generationStamp: number): void {
    if (id >= this.#nextId) this.#nextId = id + 1n;
    if (generationStamp >= this.#nextStamp) this.#nextStamp = generationStamp + 1;
  }

  nextId(): bigint {
    if (this.#nextId >= this.#idLimit) {
      this.#idLimit = this.#nextId + BigInt(step);
      this.#write();
    }
    return this.#nextId++;
  }

  nextGenerationStamp(): number {
    if (this.#nextStamp >= this.#stampLimit) {
      this.#stampLimit = this.#nextStamp + step;
      this.#write();
    }
    return this.#nextStamp++;
  }

  /** On an orderly end nothing between is given up. */
  close(): void {
    if (this.#idLimit === 0n && this.#stampLimit === 0) return;
    this.#idLimit = this.#nextId;
    this.#stampLimit = this.#nextStamp;
    this.#write();
  }

  #read(volume: Volume): void {
    const text = readText(volume.fs, pathOf(volume));
    const match = /^\{"nextBlockId":"(\d{1,19})","nextGenerationStamp":(\d{1,15})\}/.exec(
      text ?? '',
    );
    if (match === null) return;
    const id = BigInt(match[1]!);
    if (id > this.#nextId) this.#nextId = id;
    this.#nextStamp = Math.max(this.#nextStamp, Number(match[2]));
  }

  #write(): void {
    const id = this.#idLimit > this.#nextId ? this.#idLimit : this.#nextId;
    const stamp = Math.max(this.#stampLimit, this.#nextStamp);
    const text = `{"nextBlockId":"${id}","nextGenerationStamp":${stamp}}\n`;
    for (const volume of this.#volumes()) {
      volume.replaceText(pathOf(volume), text);
    }
  }
}

function pathOf(volume: Volume): string {
  return joinPath(volume.ownDir, 'counters.json');
}
