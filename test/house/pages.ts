/**
 * Markdown as far as the house rules need it: titles with their anchors, links, code in backticks.
 */
import { lineAt } from './scan-text.ts';

export interface Mention {
  readonly text: string;
  readonly line: number;
}

/** Anchors of a page's titles, as GitHub makes them. */
export function anchorsOf(page: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, title] of withoutBlocks(page).matchAll(/^#{1,6} (.*)$/gm)) {
    const plain = title!
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .trim()
      .toLowerCase();
    const anchor = plain.replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-');
    let unique = anchor;
    for (let count = 1; anchors.has(unique); count++) unique = `${anchor}-${count}`;
    anchors.add(unique);
  }
  return anchors;
}

/** Targets of links and pictures, also of references (`[name]: target`). */
export function linksOf(page: string): Mention[] {
  const text = withoutBlocks(page).replaceAll(/`[^`\n]*`/g, blanked);
  return [
    ...text.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g),
    ...text.matchAll(/^\[[^\]]+\]:\s+(\S+)/gm),
  ].map((match) => ({ text: match[1]!, line: lineAt(page, match.index) }));
}

/** What stands in backticks within a line. */
export function backticked(page: string): Mention[] {
  return [...withoutBlocks(page).matchAll(/`([^`\n]+)`/g)].map((match) => ({
    text: match[1]!,
    line: lineAt(page, match.index),
  }));
}

/** The page with blanks for its fenced blocks, so that places and lines stay. */
function withoutBlocks(page: string): string {
  return page.replaceAll(/^(```|~~~).*\n[\s\S]*?^\1/gm, blanked);
}

function blanked(text: string): string {
  return text.replaceAll(/[^\n]/g, ' ');
}
