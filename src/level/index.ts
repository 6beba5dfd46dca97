/**
 * Door of `varve/level`: an abstract-level database over `varve/lsm`, for where classic-level is
 * used today. Reading order: varve-level, level-iterator, level-keys.
 */
export { VarveLevel, type VarveLevelOptions } from './varve-level.ts';
