/**
 * The name of a certificate's subject as Java writes it (X500Principal.getName, RFC 2253): what
 * Kafka's rules and quotas call a client that has come with a certificate.
 *
 *    CN=ada,OU=tests+UID=7,O=varve     last part first; attributes of one part joined by +
 *
 * Attributes without a keyword in RFC 2253 (a mail address, say) are their number and the bytes of
 * their value.
 */
import { ByteReader, CorruptionError } from '../../../native-free-io/index.ts';

/** By the number of the attribute. */
const keywords: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '0.9.2342.19200300.100.1.25': 'DC',
  '0.9.2342.19200300.100.1.1': 'UID',
};

/** Tags of DER. */
const versionTag = 0xa0;
const latinStrings: ReadonlySet<number> = new Set([0x13, 0x14, 0x16, 0x1b]);
const utf8String = 0x0c;
const bmpString = 0x1e;

interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
  /** With tag and length. */
  readonly whole: Uint8Array;
}

/** Of a certificate in DER; CorruptionError where it is none. */
export function subjectName(certificate: Uint8Array): string {
  const [body] = elementsOf(elementsOf(certificate)[0]?.content);
  const fields = elementsOf(body?.content).filter(({ tag }) => tag !== versionTag);
  // Serial number, algorithm, issuer, validity, subject.
  const parts = elementsOf(fields[4]?.content);
  return parts
    .toReversed()
    .map(({ content }) => elementsOf(content).map(attributeText).join('+'))
    .join(',');
}

function attributeText({ content }: Element): string {
  const [type, value] = elementsOf(content);
  if (type === undefined || value === undefined) throw damaged('an attribute without a value');
  const number = objectNumber(type.content);
  const keyword = keywords[number];
  const text = keyword === undefined ? undefined : stringOf(value);
  if (text === undefined) return `${number}=#${Buffer.from(value.whole).toString('hex')}`;
  return `${keyword}=${escaped(text)}`;
}

/** Java escapes more than RFC 2253 asks for. */
function escaped(text: string): string {
  return text
    .replaceAll(/[,=+<>#;"\\]/g, String.raw`\$&`)
    .replaceAll('\0', String.raw`\00`)
    .replaceAll(/^ +| +$/g, (spaces) => spaces.replaceAll(' ', String.raw`\ `));
}

function stringOf({ tag, content }: Element): string | undefined {
  if (tag === utf8String) return new TextDecoder().decode(content);
  if (latinStrings.has(tag)) return Buffer.from(content).toString('latin1');
  if (tag === bmpString) return Buffer.from(content).swap16().toString('utf16le');
  return undefined;
}

function objectNumber(bytes: Uint8Array): string {
  const numbers: number[] = [];
  let value = 0;
  for (const byte of bytes) {
    value = value * 128 + (byte & 0x7f);
    if ((byte & 0x80) !== 0) continue;
    numbers.push(value);
    value = 0;
  }
  const [head = 0, ...rest] = numbers;
  const first = Math.min(2, Math.floor(head / 40));
  return [first, head - first * 40, ...rest].join('.');
}

/** What lies one after another in `bytes`. */
function elementsOf(bytes: Uint8Array | undefined): Element[] {
  if (bytes === undefined) throw damaged('a part is missing');
  const elements: Element[] = [];
  const reader = new ByteReader(bytes);
  while (reader.remaining > 0) {
    const start = reader.position;
    const tag = reader.readUint8();
    const content = reader.readView(readLength(reader));
    elements.push({ tag, content, whole: bytes.subarray(start, reader.position) });
  }
  return elements;
}

function readLength(reader: ByteReader): number {
  const first = reader.readUint8();
  if (first < 0x80) return first;
  const count = first & 0x7f;
  if (count === 0 || count > 4) throw damaged(`a length of ${count} bytes`);
  let length = 0;
  for (let at = 0; at < count; at++) length = length * 256 + reader.readUint8();
  return length;
}

function damaged(reason: string): CorruptionError {
  return new CorruptionError('KAFKA_MALFORMED', `the certificate of a client: ${reason}`);
}
