/** Help texts of commands and groups. */
import { allOptions, type Command, type CommandGroup } from './command.ts';

export function commandHelp(path: string, command: Command): string {
  const rows = Object.entries(allOptions(command)).map(([name, spec]) => {
    const short = spec.short === undefined ? '    ' : `-${spec.short}, `;
    const value = spec.type === 'string' ? ` ${spec.value ?? 'VALUE'}` : '';
    return [`${short}--${name}${value}`, spec.help] as const;
  });
  const usage = `Usage: ${path}${command.usage === '' ? '' : ` ${command.usage}`} [options]`;
  const details = command.details === undefined ? '' : `\n${command.details.trim()}\n`;
  return `${command.summary}\n\n${usage}\n${details}\nOptions:\n${table(rows)}\n`;
}

export function groupHelp(path: string, group: CommandGroup): string {
  const rows = group.commands.map((entry) => [entry.name, entry.summary] as const);
  return (
    `${group.summary}\n\nUsage: ${path} COMMAND [arguments]\n\nCommands:\n${table(rows)}\n\n` +
    `'${path} COMMAND --help' explains one.\n`
  );
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}
