import { expect, test } from 'vitest';
import { MemoryFileSystem, OverlayFileSystem } from '../../../../native-free-io/index.ts';
import { codeOf } from '../../../helpers/codes.ts';
import { putFile } from '../../../helpers/jobs.ts';

test('a directory of the base goes once it is empty, comes back empty, and stays below', () => {
  const base = new MemoryFileSystem();
  base.makeDirectorySync('/d');
  putFile(base, '/d/f', 'x');
  const overlay = new OverlayFileSystem(base);
  expect(codeOf(() => overlay.removeDirectorySync('/d'))).toBe('IO_NOT_EMPTY');
  overlay.removeFileSync('/d/f');
  overlay.removeDirectorySync('/d');
  expect(overlay.statSync('/d')).toBeUndefined();
  expect(overlay.listSync('/')).toEqual([]);
  expect(codeOf(() => overlay.removeDirectorySync('/d'))).toBe('IO_NOT_FOUND');
  overlay.makeDirectorySync('/d');
  expect(overlay.listSync('/d')).toEqual([]);
  expect(base.listSync('/d')).toEqual([{ name: 'f', kind: 'file' }]);
});
