/** Door of `varve/adapters`: what lets one core rest on another. */
export { LogInput, type LogInputOptions } from './log-input.ts';
export { HFileOutput, type HFileOutputOptions } from './hfile-output.ts';
