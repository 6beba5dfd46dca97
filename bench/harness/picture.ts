/** The last run as a picture: one bar per contender, longest per workload, targets marked. */
import type { LedgerLine } from './ledger.ts';
import { figure } from './report.ts';

const width = 860;
const barLeft = 330;
const barMax = 380;
const rowHeight = 20;

export function picture(lines: readonly LedgerLine[]): string {
  const parts: string[] = [];
  let y = 28;
  const text = (x: number, content: string, attributes = ''): void => {
    parts.push(`<text x="${x}" y="${y + 14}" ${attributes}>${escaped(content)}</text>`);
  };
  for (const line of lines) {
    text(12, `${line.workload} (${line.unit})`, 'class="title"');
    y += rowHeight + 2;
    const largest = Math.max(...line.results.map((result) => result.median));
    for (const { contender, median } of line.results) {
      const length = Math.max(1, (median / largest) * barMax);
      const kind = contender.startsWith('varve') ? 'ours' : 'other';
      text(24, contender);
      parts.push(
        `<rect x="${barLeft}" y="${y + 3}" width="${length.toFixed(1)}" height="13" class="${kind}"/>`,
      );
      text(barLeft + length + 8, figure(median), 'class="value"');
      y += rowHeight;
    }
    for (const { text: target, met } of line.targets) {
      text(24, `${met ? '✓' : '✗'} ${target}`, `class="${met ? 'met' : 'missed'}"`);
      y += rowHeight;
    }
    y += 12;
  }
  const style =
    'text{font:12px sans-serif;fill:#24292f}.title{font-weight:bold}.value{fill:#57606a}' +
    '.met{fill:#1a7f37}.missed{fill:#cf222e}.ours{fill:#0969da}.other{fill:#afb8c1}';
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}" viewBox="0 0 ${width} ${y}">\n` +
    `<style>${style}</style>\n<rect width="100%" height="100%" fill="#ffffff"/>\n${parts.join('\n')}\n</svg>\n`
  );
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
