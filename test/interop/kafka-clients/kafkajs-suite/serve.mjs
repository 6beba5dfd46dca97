/**
 * The broker that kafkajs's tests expect, as far as one broker can be three: nine ports, three each
 * of PLAINTEXT, SSL and SASL_SSL, with the users of its compose files. Runs what was built; ends
 * with its standard input.
 *
 * Argument: a folder with `key.pem` and `cert.pem`.
 */
import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KafkaConnection, KafkaServer } from '../../../../dist/src/roles/broker/index.js';

const [certificates] = process.argv.slice(2);
const pem = (name) => readFileSync(join(certificates, name), 'utf8');
const tls = { key: pem('key.pem'), cert: pem('cert.pem') };
const plainUsers = { test: 'testtest', bob: 'bobbob', alice: 'alicealice' };
const scramUser = 'testscram';
const scramPasswords = [
  { mechanism: 1, hash: 'sha256', bytes: 32, password: 'testtestscram=256' },
  { mechanism: 2, hash: 'sha512', bytes: 64, password: 'testtestscram=512' },
];
const iterations = 8192;

/** Warnings and errors beside what jest says. */
const logger = {
  log(level, message, fields) {
    if (level === 'warn' || level === 'error') console.error('broker:', level, message, fields);
  },
};

const host = 'localhost';
const server = await KafkaServer.start({
  host,
  port: 9092,
  login: false,
  nodeId: 0,
  env: { logger },
  config: { 'num.partitions': 2, 'delete.topic.enable': true },
  sasl: { users: plainUsers },
  authorization: { allowIfNoRule: true },
  listeners: [
    ...[9095, 9098].map((port) => ({ host, port, login: false })),
    ...[9093, 9096, 9099].map((port) => ({ host, port, tls, login: false })),
    ...[9094, 9097, 9100].map((port) => ({ host, port, tls })),
  ],
});

const admin = await KafkaConnection.open({ host, port: 9092 });
const upserts = scramPasswords.map(({ mechanism, hash, bytes, password }) => {
  const salt = randomBytes(16);
  const saltedPassword = pbkdf2Sync(password, salt, iterations, bytes, hash);
  return { name: scramUser, mechanism, iterations, salt, saltedPassword };
});
await admin.request('alterUserScramCredentials', { deletions: [], upserts });
await admin.close();

console.log('serving');
process.stdin.on('end', () => void server.close()).resume();
