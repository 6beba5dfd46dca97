#!/usr/bin/env node
/**
 * Runs kafkajs's own test suite, unchanged, against the broker that was built here.
 *
 *    node test/interop/kafka-clients/kafkajs-suite/run.mjs CHECKOUT [jest arguments]
 *
 * CHECKOUT is a working copy of kafkajs at v2.2.4; jest and what the tests import are installed
 * there when missing. Ports 9092 to 9100 have to be free; openssl makes a certificate. Ends with 0
 * when nothing failed but what `not-applicable.json` expects to fail, and all of that did.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const needed = [
  'jest@25.1.0',
  'jest-circus@25.1.0',
  'jest-extended@0.11.2',
  'jest-junit@10.0.0',
  'execa@2.0.3',
  'glob@7.1.4',
  'ip@1.1.5',
  'jsonwebtoken@9.0.0',
  'mockdate@2.0.5',
  'semver@6.2.0',
  'uuid@3.3.2',
];

function must(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', ...options });
  if (status !== 0) throw new Error(`${command} ${args[0]} failed: ${error ?? status}`);
}

async function startBroker(folder) {
  const broker = spawn(process.execPath, [join(here, 'serve.mjs'), folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await new Promise((serving, failed) => {
    broker.stdout.once('data', serving);
    broker.once('exit', (code) => failed(new Error(`the broker ended with ${code}`)));
  });
  return broker;
}

function runJest(checkout, folder, extra) {
  const output = join(folder, 'results.json');
  const args = ['node_modules/jest/bin/jest.js', '--ci', '--forceExit', '--maxWorkers=2'];
  const limits = ['--json', `--outputFile=${output}`, '--reporters=default'];
  spawnSync(process.execPath, [...args, ...limits, ...extra], {
    cwd: checkout,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      PATH: `${folder}:${process.env.PATH}`,
      KAFKA_VERSION: '2.4',
      KAFKAJS_DEBUG_PROTOCOL_BUFFERS: '1',
      NODE_ENV: 'test',
    },
  });
  return JSON.parse(readFileSync(output, 'utf8'));
}

function judge(results, isWhole) {
  const groups = JSON.parse(readFileSync(join(here, 'not-applicable.json'), 'utf8'));
  const expected = new Map(groups.flatMap((group) => group.tests.map((name) => [name, group])));
  const seen = new Set();
  const counts = { passed: 0, failed: 0, pending: 0, 'not applicable': 0 };
  const strange = [];
  for (const file of results.testResults) {
    // A file that could not be loaded has no tests but a message.
    if (file.assertionResults.length === 0) strange.push(`${file.name}: ${file.message}`);
    for (const { fullName, status, failureMessages } of file.assertionResults) {
      const group = expected.get(fullName);
      seen.add(fullName);
      if (status === 'passed' && group !== undefined && group.sometimes !== true) {
        strange.push(`passes now: ${fullName}`);
      }
      if (status === 'failed' && group === undefined) {
        strange.push(`failed: ${fullName}\n${failureMessages.join('\n')}`);
      }
      counts[status === 'failed' && group !== undefined ? 'not applicable' : status]++;
    }
  }
  const unseen = [...expected.keys()].filter((name) => !seen.has(name));
  if (isWhole) strange.push(...unseen.map((name) => `not seen: ${name}`));
  return { counts, strange };
}

const [given, ...extra] = process.argv.slice(2);
if (given === undefined) throw new Error('usage: run.mjs CHECKOUT [jest arguments]');
const checkout = resolve(given);
if (!existsSync(join(checkout, 'node_modules/jest'))) {
  const flags = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
  must('npm', ['install', ...flags, ...needed], { cwd: checkout });
}
const folder = mkdtempSync(join(tmpdir(), 'varve-kafkajs-suite-'));
try {
  const subject = ['-subj', '/CN=localhost', '-days', '30', '-nodes'];
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  must('openssl', ['req', '-x509', '-newkey', 'rsa:2048', ...subject, ...files], {
    stdio: 'ignore',
  });
  symlinkSync(join(here, 'docker.mjs'), join(folder, 'docker'));
  const broker = await startBroker(folder);
  const { counts, strange } = judge(runJest(checkout, folder, extra), extra.length === 0);
  broker.stdin.end();
  for (const line of strange) console.log(`${line}\n`);
  console.log(JSON.stringify(counts));
  process.exitCode = strange.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
