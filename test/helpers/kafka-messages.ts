/** Random messages of the Kafka protocol, made from the schemas that the codecs are made from. */
import { readdirSync, readFileSync } from 'node:fs';
import { zeroUuid } from '../../src/roles/broker/protocol/wire.ts';

interface Range {
  readonly min: number;
  readonly max: number;
}

export interface Field {
  readonly name: string;
  readonly type: string;
  readonly isList: boolean;
  readonly fields?: readonly Field[];
  readonly versions: Range;
  readonly nullable?: Range;
  readonly default?: string;
}

export interface Message {
  readonly kind: 'api' | 'data';
  readonly key: number;
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly flexible: number;
  readonly advertised: number;
  readonly request: readonly Field[];
  readonly response: readonly Field[];
}

const folder = new URL('../../src/roles/broker/protocol/schema/', import.meta.url);
const parser = new URL('../../scripts/protocol/parse.mjs', import.meta.url).href;

export async function allMessages(): Promise<Message[]> {
  const { parseSchema } = (await import(parser)) as {
    readonly parseSchema: (text: string, file: string) => Message;
  };
  return readdirSync(folder).map((file) =>
    parseSchema(readFileSync(new URL(file, folder), 'utf8'), file),
  );
}

export type Next = () => number;

const within = (range: Range, version: number): boolean =>
  version >= range.min && version <= range.max;

/** A value for all fields; what the version does not hold has its default. */
export function randomStruct(
  fields: readonly Field[],
  version: number,
  next: Next,
): Record<string, unknown> {
  return Object.fromEntries(
    fields.map((field) => {
      const isThere = within(field.versions, version);
      return [field.name, isThere ? randomValue(field, version, next) : defaultOf(field)];
    }),
  );
}

function randomValue(field: Field, version: number, next: Next): unknown {
  if (field.nullable !== undefined && within(field.nullable, version) && next() < 0.2) return null;
  const single = (): unknown =>
    field.fields === undefined
      ? randomPrimitive(field.type, next)
      : randomStruct(field.fields, version, next);
  if (!field.isList) return single();
  return Array.from({ length: Math.floor(next() * 4) }, single);
}

function randomPrimitive(type: string, next: Next): unknown {
  const integer = (bits: number): number => Math.floor((next() - 0.5) * 2 ** bits);
  const bytes = (count: number): Uint8Array =>
    Uint8Array.from({ length: count }, () => Math.floor(next() * 256));
  switch (type) {
    case 'b':
      return next() < 0.5;
    case 'i8':
      return integer(8);
    case 'i16':
      return integer(16);
    case 'i32':
      return integer(32);
    case 'i64':
      return integer(53);
    case 'f64':
      return next();
    case 'uuid':
      return Buffer.from(bytes(16)).toString('base64url');
    case 'str':
      return ['', 'a', 'orders', 'größe', '😀'.repeat(40), 'x'.repeat(300)][Math.floor(next() * 6)];
    default:
      return bytes(Math.floor(next() * (next() < 0.1 ? 5000 : 40)));
  }
}

function defaultOf(field: Field): unknown {
  if (field.default === 'null') return null;
  if (field.isList) return [];
  if (field.fields !== undefined) {
    return Object.fromEntries(field.fields.map((inner) => [inner.name, defaultOf(inner)]));
  }
  if (field.type === 'str') return field.default ?? '';
  if (field.type === 'uuid') return zeroUuid;
  if (field.type === 'b') return field.default === 'true';
  if (field.type === 'bytes' || field.type === 'rec') return new Uint8Array(0);
  return Number(field.default ?? 0);
}
