/** The commands of `varve lsm`, in the order in which help shows them. */
import type { GroupBody } from '../command.ts';
import { deleteCommand, getCommand, putCommand, scanCommand } from './cells.ts';
import { statCommand, verifyCommand } from './look.ts';
import {
  checkpointCommand,
  compactCommand,
  createCommand,
  dropCommand,
  flushCommand,
  splitCommand,
} from './manage.ts';
import { exportCommand, importCommand } from './transfer.ts';

export const lsmGroup: GroupBody = {
  commands: [
    createCommand,
    putCommand,
    getCommand,
    scanCommand,
    deleteCommand,
    importCommand,
    exportCommand,
    flushCommand,
    compactCommand,
    splitCommand,
    statCommand,
    verifyCommand,
    checkpointCommand,
    dropCommand,
  ],
};
