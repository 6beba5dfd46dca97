/**
 * Makes the codecs of the Kafka protocol: src/roles/broker/protocol/schema/NAME.schema becomes
 * src/roles/broker/protocol/generated/NAME.ts, all of them together generated/apis.ts, and the
 * table of docs/formats/kafka-apis.md.
 *
 * usage: node scripts/build-protocol.mjs [--check]
 * --check writes nothing and ends with 1 when a committed module is not what its schema gives.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { emitModule, emitTable } from './protocol/emit.mjs';
import { apisPage } from './protocol/page.mjs';
import { parseSchema } from './protocol/parse.mjs';

const schemas = new URL('../src/roles/broker/protocol/schema/', import.meta.url);
const generated = new URL('../src/roles/broker/protocol/generated/', import.meta.url);
const pages = new URL('../docs/formats/', import.meta.url);

const wanted = new Map();
const messages = [];
for (const file of readdirSync(schemas).toSorted()) {
  const message = parseSchema(readFileSync(new URL(file, schemas), 'utf8'), file);
  message.file = file.replace(/^(?:\d+|data)-/, '').replace('.schema', '');
  messages.push(message);
  wanted.set(`${message.file}.ts`, emitModule(message, file));
}
wanted.set('apis.ts', emitTable(messages));

const isCheck = process.argv.includes('--check');
for (const [name, text] of wanted) keep(new URL(name, generated), text, name);
keep(new URL('kafka-apis.md', pages), apisPage(messages), 'docs/formats/kafka-apis.md');
for (const name of readdirSync(generated)) {
  if (wanted.has(name)) continue;
  if (isCheck) tell(`${name} has no schema`);
  else rmSync(new URL(name, generated));
}

function keep(target, text, name) {
  const present = existsSync(target) ? readFileSync(target, 'utf8') : undefined;
  if (present === text) return;
  if (isCheck) tell(`${name} is not what the schemas give`);
  else writeFileSync(target, text);
}

function tell(what) {
  console.error(`${what}: npm run protocol`);
  process.exitCode = 1;
}
