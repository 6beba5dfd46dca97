/** Making directories whose names a crash cannot take back; it moved to the I/O floor. */
export { makeDirectoryDurably } from '../../native-free-io/index.ts';
