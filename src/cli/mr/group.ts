/** The commands of `varve mr`, in the order in which help shows them. */
import type { GroupBody } from '../command.ts';
import { runCommand } from './run.ts';
import { streamingCommand } from './streaming.ts';
import {
  streamingCombineCommand,
  streamingMapCommand,
  streamingReduceCommand,
} from './streaming-module.ts';
import { teragenCommand, terasortCommand, teravalidateCommand } from './tera.ts';

export const mrGroup: GroupBody = {
  commands: [
    runCommand,
    streamingCommand,
    streamingMapCommand,
    streamingReduceCommand,
    streamingCombineCommand,
    teragenCommand,
    terasortCommand,
    teravalidateCommand,
  ],
};
