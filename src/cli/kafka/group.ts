/** The commands of `varve kafka`, in the order in which help shows them. */
import type { GroupBody } from '../command.ts';
import { consumeCommand } from './consume.ts';
import { groupsGroup, offsetsCommand } from './groups.ts';
import { produceCommand } from './produce.ts';
import { serveCommand } from './serve.ts';
import { topicsGroup } from './topics.ts';

export const kafkaGroup: GroupBody = {
  commands: [
    serveCommand,
    topicsGroup,
    groupsGroup,
    offsetsCommand,
    produceCommand,
    consumeCommand,
  ],
};
