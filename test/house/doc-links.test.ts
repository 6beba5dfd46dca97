/**
 * Every relative link of the documentation leads somewhere, to a title where it names one; every
 * room that a page names exists; every page can be found from the map.
 */
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { expect, test } from 'vitest';
import { anchorsOf, backticked, linksOf } from './pages.ts';
import { pagePaths, readText, repositoryRoot, sourceFiles } from './source-files.ts';
import { told, type Violation } from './violations.ts';

function brokenLinks(path: string, page: string): Violation[] {
  return linksOf(page)
    .filter(({ text }) => !/^[a-z]+:/.test(text))
    .flatMap(({ text, line }) => {
      const [file, anchor] = text.split('#');
      const target = file === '' ? path : posix.join(posix.dirname(path), decodeURI(file!));
      if (target !== path && !isThere(target)) {
        const instead = 'name a file that exists, relative to this page';
        return { path, line, what: `links to ${text}, which is not there`, instead };
      }
      if (anchor === undefined || !target.endsWith('.md')) return [];
      const anchors = anchorsOf(target === path ? page : readText(target));
      if (anchors.has(anchor)) return [];
      const instead = `name one of: ${[...anchors].join(', ')}`;
      return { path, line, what: `links to a title that is not there: ${text}`, instead };
    });
}

function isThere(target: string): boolean {
  return !target.startsWith('..') && existsSync(join(repositoryRoot, target));
}

function missingRooms(path: string, page: string, rooms: readonly string[]): Violation[] {
  return backticked(page)
    .filter(({ text }) => /^[\w./-]+\.(?:ts|mjs)$/.test(text))
    .filter(({ text }) => {
      const name = text.replace(/^(?:\.\.?\/)+/, '');
      return !rooms.some((room) => room === name || room.endsWith(`/${name}`));
    })
    .map(({ text, line }) => ({
      path,
      line,
      what: `names the room ${text}, which is not there`,
      instead: 'name the room that took its place',
    }));
}

/** Pages that no link reaches from the front page. */
function lostPages(paths: readonly string[]): string[] {
  const reached = new Set<string>();
  const waiting = ['README.md'];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path) || !paths.includes(path)) continue;
    reached.add(path);
    for (const { text } of linksOf(readText(path))) {
      waiting.push(posix.join(posix.dirname(path), text.replace(/#.*/, '')));
    }
  }
  return paths.filter((path) => !reached.has(path));
}

test('links lead to files and titles that exist', () => {
  expect(told(pagePaths().flatMap((path) => brokenLinks(path, readText(path))))).toEqual([]);
});

test('rooms that pages name exist', () => {
  const rooms = sourceFiles().map(({ path }) => path);
  // The history keeps the names that things had.
  const pages = pagePaths().filter((path) => path !== 'CHANGELOG.md');
  expect(told(pages.flatMap((path) => missingRooms(path, readText(path), rooms)))).toEqual([]);
});

test('every page of docs can be found from the front page', () => {
  const pages = pagePaths().filter((path) => !path.startsWith('test/'));
  expect(pages.length).toBeGreaterThan(10);
  expect(lostPages(pages), 'link it from docs/README.md').toEqual([]);
});

test('planted links and rooms that do not exist are told', () => {
  const page = [
    '# One `two` three: four',
    'See [a](none.md), [b](../README.md#no-such-title), [c](#one-two-three-four), [d](#five),',
    '[e](https://example.org), [f](errors.md#codes), `[g](none.md)`, and the picture ![h](h.png).',
    '```',
    '[i](none.md)',
    '```',
    '[j]: other.md',
    'Rooms: `segment.ts`, `log/segment.ts`, `none/segment.ts`, `x.ts`.',
  ].join('\n');
  const broken = brokenLinks('docs/x.md', page).map(({ line, what }) => `${line} ${what}`);
  expect(broken.toSorted()).toEqual([
    '2 links to a title that is not there: #five',
    '2 links to a title that is not there: ../README.md#no-such-title',
    '2 links to none.md, which is not there',
    '3 links to h.png, which is not there',
    '7 links to other.md, which is not there',
  ]);
  const missing = missingRooms('docs/x.md', page, ['src/log/segment.ts']);
  expect(missing.map(({ what }) => what)).toEqual([
    'names the room none/segment.ts, which is not there',
    'names the room x.ts, which is not there',
  ]);
  expect(lostPages(['README.md', 'docs/nobody-links-here.md'])).toEqual([
    'docs/nobody-links-here.md',
  ]);
});
