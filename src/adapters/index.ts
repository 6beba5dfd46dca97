/** Door of `varve/adapters`: what lets one core rest on another. */
export { BlockFileInput, type BlockFileInputOptions } from './block-file-input.ts';
export { HFileInput, type HFileInputOptions } from './hfile-input.ts';
export { HFileOutput, type HFileOutputOptions } from './hfile-output.ts';
export { LogInput, type LogInputOptions } from './log-input.ts';
export { TableInput, type TableInputOptions } from './table-input.ts';
export { InputCell } from './input-cell.ts';
