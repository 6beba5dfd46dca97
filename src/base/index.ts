/** Door of the pure helpers every store stands on. */
export { hexText } from './hex.ts';
export type { FileProblem, InspectedFile } from './inspected-file.ts';
export { LoserTree } from './loser-tree.ts';
export { md5Hex } from './md5.ts';
export { invariant } from './invariant.ts';
export { storeErrorCodes, type StoreErrorCode } from './error-codes.ts';
export { ProtobufReader, ProtobufWriter, WireType } from './protobuf.ts';
