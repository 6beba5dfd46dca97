/**
 * The functions of a source file, found by their brackets: name, length in lines, parameters.
 *
 * Approximate where TypeScript's grammar is not followed (an arrow with a written return type loses
 * its parameters, one without braces has no length), which is enough to notice the long ones.
 */
import { closingPlace, lineAt } from './scan-text.ts';

export interface FoundFunction {
  readonly name: string;
  readonly line: number;
  /** Lines from the name to the closing brace. */
  readonly lines: number;
  readonly parameters: number;
  /** Registers tests, each of which is a function of its own. */
  readonly isSuite: boolean;
}

const notNames = new Set(['if', 'for', 'while', 'switch', 'catch', 'return', 'await', 'super']);

/** A declaration or a method: a name, type parameters, an opening parenthesis. */
const declaration =
  /(?:\bfunction\b\s*\*?\s*(\w*)|^[ \t]+(?:(?:static|async|override|private|public|protected|get|set|\*)\s+)*\*?(#?\w+))(?:<[^(]*>)?\(/gm;
/** An arrow with braces, with or without a name in front of it. */
const arrow = /(?:\b(?:const|let)\s+(\w+)[^=;]*=\s*(?:async\s*)?)?(\([^()]*\)|\w+)\s*=>\s*\{/g;

export function functionsOf(text: string, code: string): FoundFunction[] {
  const found: FoundFunction[] = [];
  const add = (name: string, at: number, body: number, parameters: number): void => {
    const line = lineAt(text, at);
    const end = closingPlace(code, body);
    const isSuite = /^[ \t]+(?:test|it|describe)(?:\.\w+)*\(/m.test(code.slice(body, end));
    found.push({ name, line, lines: lineAt(text, end) - line + 1, parameters, isSuite });
  };
  for (const match of code.matchAll(declaration)) {
    const name = match[1] ?? match[2] ?? '';
    if (notNames.has(name)) continue;
    const open = match.index + match[0].length - 1;
    const close = closingPlace(code, open);
    const body = bodyAfter(code, close + 1);
    const at = match.index + match[0].search(/\S/);
    if (body !== undefined) add(name, at, body, countParts(code.slice(open + 1, close)));
  }
  for (const match of code.matchAll(arrow)) {
    const parameters = match[2]!.startsWith('(') ? match[2]!.slice(1, -1) : match[2]!;
    const body = match.index + match[0].length - 1;
    add(match[1] ?? callBefore(code, match.index), match.index, body, countParts(parameters));
  }
  return found;
}

/** Where the body begins behind a parameter list; undefined for a call or a mere signature. */
function bodyAfter(code: string, from: number): number | undefined {
  let at = skipSpace(code, from);
  if (code[at] === '{') return at;
  if (code[at] !== ':') return undefined;
  let isTypeExpected = true;
  for (at++; at < code.length; at++) {
    const char = code[at]!;
    if (/\s/.test(char)) continue;
    if (char === ';') return undefined;
    if (char === '{' && !isTypeExpected) return at;
    if ('{(['.includes(char)) at = closingPlace(code, at);
    else if (char === '<') at = closingAngle(code, at);
    isTypeExpected = '|&:'.includes(char) || code.startsWith('=>', at - 1);
  }
  return undefined;
}

function closingAngle(code: string, from: number): number {
  let depth = 0;
  for (let at = from; at < code.length; at++) {
    if (code[at] === '<') depth++;
    else if (code[at] === '>' && code[at - 1] !== '=' && --depth === 0) return at;
  }
  return code.length;
}

function skipSpace(code: string, from: number): number {
  let at = from;
  while (at < code.length && /\s/.test(code[at]!)) at++;
  return at;
}

/** The call whose argument an arrow without a name is. */
function callBefore(code: string, at: number): string {
  return (
    /([\w.]+)\((?:[^()]*,)?\s*(?:async\s*)?$/.exec(code.slice(Math.max(0, at - 160), at))?.[1] ?? ''
  );
}

/** Parameters between the parentheses: commas at the top level count. */
function countParts(list: string): number {
  if (list.trim() === '') return 0;
  let depth = 0;
  let parts = 1;
  for (const char of list.trim().replace(/,$/, '').replaceAll('=>', '')) {
    if ('([{<'.includes(char)) depth++;
    else if (')]}>'.includes(char)) depth--;
    else if (char === ',' && depth === 0) parts++;
  }
  return parts;
}
