/**
 * Parts of a key by number of field and byte, as the options of KeyFieldBasedPartitioner and
 * KeyFieldBasedComparator name them: `-k 2.3n,4 -k1r`.
 *
 *     -k F[.C][nr][,F[.C][nr]]   from byte C of field F to byte C of field F, both counted from 1;
 *                                without an end to the end of the key, without its C or with 0 to
 *                                the end of the field; a part may run on into later fields
 *     -n, -r, -nr                of keys that say neither themselves; without any -k of the whole
 *
 * Upstream: apache/hadoop: mapreduce/lib/partition/KeyFieldHelper.java (Apache-2.0); rules kept,
 * code our own. Options that upstream passes over without a word are refused, and separators of
 * more than a byte, which it cuts wrongly.
 */
import { InvalidArgumentError } from '../../../native-free-io/index.ts';

export interface KeyField {
  readonly firstField: number;
  readonly firstByte: number;
  /** 0: to the end of the key. */
  readonly lastField: number;
  /** 0: to the end of the field. */
  readonly lastByte: number;
  readonly isNumeric: boolean;
  readonly isReverse: boolean;
}

export interface KeyFields {
  /** Empty: no options were given. */
  readonly fields: readonly KeyField[];
  /** False: whole keys, whatever separators are in them. */
  readonly isCut: boolean;
  readonly separator: number;
}

type Settings = Readonly<Record<string, string>>;

const separatorSetting = 'mapreduce.map.output.key.field.separator';
const comparatorSetting = 'mapreduce.partition.keycomparator.options';
const partitionerSetting = 'mapreduce.partition.keypartitioner.options';
const oldPartitionerSetting = 'num.key.fields.for.partition';

export function comparatorFields(settings: Settings): KeyFields {
  return parsed(settings, settings[comparatorSetting] ?? '');
}

export function partitionerFields(settings: Settings): KeyFields {
  const count = settings[oldPartitionerSetting];
  return parsed(
    settings,
    count === undefined ? (settings[partitionerSetting] ?? '') : `-k1,${count}`,
  );
}

function parsed(settings: Settings, options: string): KeyFields {
  const separator = new TextEncoder().encode(settings[separatorSetting] ?? '\t');
  if (separator.length !== 1) throw invalid(`${separatorSetting} has not one byte`);
  const words = options.split(/\s+/).filter((word) => word !== '');
  const fields: KeyField[] = [];
  let [isNumeric, isReverse] = [false, false];
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if (['-n', '-r', '-nr'].includes(word)) {
      isNumeric ||= word.includes('n');
      isReverse ||= word.includes('r');
    } else if (word.startsWith('-k')) {
      fields.push(keyField(word.length > 2 ? word.slice(2) : (words[++index] ?? '')));
    } else {
      throw invalid(`'${word}' in '${options}' is none of -k, -n, -r and -nr`);
    }
  }
  const isCut = fields.length > 0;
  if (!isCut && words.length > 0) fields.push(wholeKey);
  return {
    fields: fields.map((field) =>
      field.isNumeric || field.isReverse ? field : { ...field, isNumeric, isReverse },
    ),
    isCut,
    separator: separator[0]!,
  };
}

const wholeKey: KeyField = {
  firstField: 1,
  firstByte: 1,
  lastField: 0,
  lastByte: 0,
  isNumeric: false,
  isReverse: false,
};

const fieldForm = /^(\d+)(?:\.(\d+))?([nr]*)(?:,(\d+)(?:\.(\d+))?([nr]*))?$/;

function keyField(text: string): KeyField {
  const found = fieldForm.exec(text);
  if (found === null) throw invalid(`'-k${text}' is not of the form -kF[.C][nr][,F[.C][nr]]`);
  const [, firstField, firstByte = '1', firstFlags, lastField = '0', lastByte = '0', lastFlags] =
    found;
  const flags = `${firstFlags}${lastFlags ?? ''}`;
  return {
    firstField: Number(firstField),
    firstByte: Number(firstByte),
    lastField: Number(lastField),
    lastByte: Number(lastByte),
    isNumeric: flags.includes('n'),
    isReverse: flags.includes('r'),
  };
}

/** A part of a key: bytes[start, end), which may end before it begins. */
export interface KeyPart {
  bytes: Uint8Array;
  start: number;
  end: number;
}

/** Cuts keys; one key at a time. */
export class KeyCutter {
  readonly #fields: KeyFields;
  /** Of each field, where it begins; after the last, where one more would. */
  readonly #begins: number[] = [];
  readonly part: KeyPart = { bytes: new Uint8Array(0), start: 0, end: 0 };
  #start = 0;
  #end = 0;

  constructor(fields: KeyFields) {
    this.#fields = fields;
  }

  /** Takes the key bytes[start, end), without the length that a Text has before it. */
  cut(bytes: Uint8Array, start: number, end: number): void {
    const { isCut, separator } = this.#fields;
    this.part.bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#begins.length = 0;
    this.#begins.push(start);
    for (let at = start; isCut && at < end; at++) {
      if (bytes[at] === separator) this.#begins.push(at + 1);
    }
    this.#begins.push(end + 1);
  }

  /** Points `part` at a part of the key; false when the key has no such field or byte. */
  find({ firstField, firstByte, lastField, lastByte }: KeyField): boolean {
    const begins = this.#begins;
    const count = begins.length - 1;
    if (count < firstField) return false;
    const from = begins[Math.max(1, firstField) - 1]! + firstByte - 1;
    if (from >= this.#end || from < this.#start) return false;
    this.part.start = from;
    this.part.end = this.#end;
    if (lastField > 0 && count >= lastField) {
      const to = lastByte === 0 ? begins[lastField]! - 1 : begins[lastField - 1]! + lastByte;
      this.part.end = Math.min(to, this.#end);
    }
    return true;
  }
}

function invalid(message: string): InvalidArgumentError {
  return new InvalidArgumentError('OPTION_INVALID', message);
}
