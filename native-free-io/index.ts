/** Door of `varve/io`: bytes and files, nothing about stores. */
export * from './errors.ts';
