/** The page that lists the APIs of the broker, from their schemas. */

export function apisPage(messages) {
  const rows = messages
    .filter(({ kind }) => kind === 'api')
    .toSorted((a, b) => a.key - b.key)
    .map(({ key, name, min, max, flexible, advertised }) => [
      String(key),
      name,
      `${min} to ${max}`,
      flexible > max ? 'never' : `from ${flexible}`,
      advertised === min ? '' : `advertised from ${advertised}`,
    ]);
  const records = messages
    .filter(({ kind }) => kind === 'data')
    .map(({ name, min, max }) => [`\`${name}\``, min === max ? String(min) : `${min} to ${max}`]);
  return [
    "# Kafka's protocol: what the broker serves",
    '',
    'Made by `npm run protocol` from `src/roles/broker/protocol/schema`; not written by hand. An API',
    'has a text there with every field of every version. Flexible versions have compact lengths and',
    'tagged fields.',
    '',
    ...table(['Key', 'API', 'Versions', 'Flexible', 'Note'], rows),
    '',
    'Records that the coordinators store in `__consumer_offsets` and `__transaction_state`, each behind',
    'a version of two bytes:',
    '',
    ...table(['Record', 'Versions'], records),
    '',
  ].join('\n');
}

function table(head, rows) {
  const widths = head.map((text, column) =>
    Math.max(3, text.length, ...rows.map((row) => row[column].length)),
  );
  const line = (cells) => `| ${cells.map((text, at) => text.padEnd(widths[at])).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}
