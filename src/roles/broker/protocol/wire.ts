/** The two ends of the wire format, for the generated codecs. */
export { MalformedError, noBytes, WireReader, zeroUuid } from './wire-reader.ts';
export { WireWriter, type RecordsPiece } from './wire-writer.ts';
