/**
 * What a job's settings say of the streams of its commands: form, separators, fields of a key.
 *
 *     form          a record
 *     text          key, separator, value, LF; what comes back is cut at a separator
 *     rawbytes      int32 length, key, int32 length, value
 *     typedbytes    key and value as typed bytes
 *     keyonlytext   key LF
 *
 * Names of settings are Hadoop's: `stream.map.input`, `stream.num.map.output.key.fields`, … A
 * combiner takes those of the reduce side.
 *
 * Upstream: apache/hadoop: streaming/StreamJob.java, streaming/io/IdentifierResolver.java
 * (Apache-2.0); names kept, code our own.
 */
import { InvalidArgumentError } from '../../../native-free-io/index.ts';
import type { WritableName } from '../../hadoop/index.ts';

export type StreamForm = 'text' | 'rawbytes' | 'typedbytes' | 'keyonlytext';

/** Types of what a command puts out, by form. */
export const outputTypes: Readonly<
  Record<StreamForm, { readonly key: WritableName; readonly value: WritableName }>
> = {
  text: { key: 'textBytes', value: 'textBytes' },
  rawbytes: { key: 'bytes', value: 'bytes' },
  typedbytes: { key: 'typedBytes', value: 'typedBytes' },
  keyonlytext: { key: 'textBytes', value: 'null' },
};

export interface StreamSettings {
  readonly input: StreamForm;
  /** Between key and value of the input, as text. */
  readonly inputSeparator: Uint8Array;
  readonly output: StreamForm;
  /** Where the output is cut, as text: after so many fields. */
  readonly outputSeparator: Uint8Array;
  readonly keyFields: number;
}

type Settings = Readonly<Record<string, string>>;

export function streamSettings(side: 'map' | 'reduce', settings: Settings): StreamSettings {
  const count = settings[`stream.num.${side}.output.key.fields`] ?? '1';
  if (!/^\d+$/.test(count)) throw invalid(`stream.num.${side}.output.key.fields is '${count}'`);
  return {
    input: formOf(settings, `stream.${side}.input`),
    inputSeparator: separatorOf(settings, `stream.${side}.input.field.separator`),
    output: formOf(settings, `stream.${side}.output`),
    outputSeparator: separatorOf(settings, `stream.${side}.output.field.separator`),
    keyFields: Number(count),
  };
}

function formOf(settings: Settings, name: string): StreamForm {
  const form = settings[name] ?? 'text';
  if (Object.hasOwn(outputTypes, form)) return form as StreamForm;
  throw invalid(`${name} is '${form}', none of ${Object.keys(outputTypes).join(', ')}`);
}

function separatorOf(settings: Settings, name: string): Uint8Array {
  const separator = new TextEncoder().encode(settings[name] ?? '\t');
  if (separator.length === 0) throw invalid(`${name} is empty`);
  return separator;
}

function invalid(message: string): InvalidArgumentError {
  return new InvalidArgumentError('OPTION_INVALID', message);
}
