/** The commands of `varve log`, in the order in which help shows them. */
import type { GroupBody } from '../command.ts';
import { appendCommand } from './append.ts';
import { catCommand, tailCommand } from './cat.ts';
import { dumpCommand } from './dump.ts';
import { compactCommand, offsetsCommand, truncateCommand } from './manage.ts';
import { reindexCommand, repairCommand } from './repair.ts';
import { verifyCommand } from './verify.ts';

export const logGroup: GroupBody = {
  commands: [
    appendCommand,
    catCommand,
    tailCommand,
    dumpCommand,
    verifyCommand,
    repairCommand,
    reindexCommand,
    compactCommand,
    truncateCommand,
    offsetsCommand,
  ],
};
