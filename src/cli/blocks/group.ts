/** The commands of `varve blocks`, in the order in which help shows them. */
import type { GroupBody } from '../command.ts';
import { catCommand, getCommand, putCommand, removeCommand } from './files.ts';
import { listCommand, recoverCommand, scanCommand, statCommand, verifyCommand } from './look.ts';
import { packCommand, unpackCommand } from './pack.ts';

export const blocksGroup: GroupBody = {
  commands: [
    putCommand,
    getCommand,
    catCommand,
    listCommand,
    statCommand,
    removeCommand,
    verifyCommand,
    scanCommand,
    recoverCommand,
    packCommand,
    unpackCommand,
  ],
};
