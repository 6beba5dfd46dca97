/**
 * What every `FileSystem` must do, whatever it runs on; the contract is `file/file-system.ts`.
 *
 * Each operation is tried in both forms (`file-system-forms.ts`), so that an implementation cannot
 * have one of them wrong. Errors are compared by class, code and `context.path`.
 */
import { afterEach, beforeEach, describe } from 'vitest';
import type { FileSystem } from '../../native-free-io/index.ts';
import { bothForms } from './file-system-forms.ts';
import { handleRefusals, readsAndWrites } from './file-system-handles.ts';
import { directories, names, opening } from './file-system-names.ts';
import { locks, refusals } from './file-system-refusals.ts';
import type { Subject } from './file-system-subject.ts';

export interface FileSystemUnderTest {
  readonly fs: FileSystem;
  /** An existing empty directory for this test alone. */
  readonly dir: string;
  readonly dispose: () => Promise<void>;
}

export function fileSystemConformance(
  name: string,
  make: () => Promise<FileSystemUnderTest>,
): void {
  describe(`${name} file system`, () => {
    let made: FileSystemUnderTest;
    const subject: Subject = {
      get fs() {
        return made.fs;
      },
      get dir() {
        return made.dir;
      },
    };
    beforeEach(async () => {
      made = await make();
    });
    afterEach(() => made.dispose());
    for (const form of bothForms) {
      describe(`${form.name} form`, () => {
        readsAndWrites(subject, form);
        opening(subject, form);
        names(subject, form);
        directories(subject, form);
        refusals(subject, form);
        handleRefusals(subject, form);
      });
    }
    locks(subject);
  });
}
