/**
 * A pattern of topics, ready to match: in time that grows with the name's length times the
 * pattern's size, whatever the pattern. All ways through the pattern are walked side by side
 * (Thompson's construction), none is tried after another.
 */
import type { AsciiSet } from './ascii-set.ts';
import { parsePattern, type Assertion, type PatternNode } from './pattern-parser.ts';
import { PatternError } from './pattern-text.ts';

/** Steps of a program; a pattern that needs more is refused. */
const mostSteps = 10_000;
const unset = -1;

interface Step {
  /** Takes one character of the set; undefined in all other steps. */
  readonly set: AsciiSet | undefined;
  readonly assertion: Assertion | undefined;
  /** Where it goes on; `unset` where the name has to end. */
  next: number;
  /** The other way of a fork. */
  other: number;
}

export class TopicPattern {
  readonly #steps: readonly Step[];
  readonly #first: number;

  private constructor(steps: readonly Step[], first: number) {
    this.#steps = steps;
    this.#first = first;
  }

  /** Throws PatternError where the text is none, or too large. */
  static parse(text: string): TopicPattern {
    const builder = new ProgramBuilder();
    const first = builder.add(parsePattern(text), builder.step({}));
    return new TopicPattern(builder.steps, first);
  }

  /** The whole name. */
  matches(name: string): boolean {
    let states = new Set<number>();
    this.#enter(states, this.#first, name, 0);
    for (let at = 0; at < name.length && states.size > 0; at++) {
      const code = name.charCodeAt(at);
      const after = new Set<number>();
      for (const state of states) {
        const { set, next } = this.#steps[state]!;
        if (set === undefined || code > 127 || ((set >> BigInt(code)) & 1n) === 0n) continue;
        this.#enter(after, next, name, at + 1);
      }
      states = after;
    }
    return [...states].some((state) => isEnd(this.#steps[state]!));
  }

  /** Adds the step and all that can be reached from it without taking a character. */
  #enter(states: Set<number>, first: number, name: string, at: number): void {
    const waiting = [first];
    for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
      if (states.has(state)) continue;
      states.add(state);
      const step = this.#steps[state]!;
      if (step.set !== undefined || isEnd(step)) continue;
      if (step.assertion !== undefined && !holds(step.assertion, name, at)) continue;
      waiting.push(step.next);
      if (step.other !== unset) waiting.push(step.other);
    }
  }
}

function isEnd({ set, next }: Step): boolean {
  return set === undefined && next === unset;
}

function holds(assertion: Assertion, name: string, at: number): boolean {
  if (assertion === 'start') return at === 0;
  if (assertion === 'end') return at === name.length;
  const isBoundary = isWord(name[at - 1]) !== isWord(name[at]);
  return isBoundary === (assertion === 'word boundary');
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /\w/.test(character);
}

/** Made from the end to the beginning: each part is told where to go on. */
class ProgramBuilder {
  readonly steps: Step[] = [];

  step(parts: Partial<Step>): number {
    if (this.steps.length >= mostSteps) throw new PatternError('the pattern is too large', 0);
    this.steps.push({ set: undefined, assertion: undefined, next: unset, other: unset, ...parts });
    return this.steps.length - 1;
  }

  /** The first step of the node, behind which `next` follows. */
  add(node: PatternNode, next: number): number {
    switch (node.kind) {
      case 'set':
        return this.step({ set: node.set, next });
      case 'assertion':
        return this.step({ assertion: node.assertion, next });
      case 'sequence':
        return node.parts.reduceRight((behind, part) => this.add(part, behind), next);
      case 'choice':
        return node.parts
          .map((part) => this.add(part, next))
          .reduceRight((other, first) => this.step({ next: first, other }));
      case 'repeat':
        return this.#repeat(node, next);
    }
  }

  #repeat(
    { part, min, max }: Extract<PatternNode, { readonly kind: 'repeat' }>,
    next: number,
  ): number {
    let behind = next;
    if (max === Infinity) {
      const fork = this.step({ next });
      this.steps[fork]!.other = this.add(part, fork);
      behind = fork;
    } else {
      for (let count = min; count < max; count++) {
        behind = this.step({ next: this.add(part, behind), other: next });
      }
    }
    for (let count = 0; count < min; count++) behind = this.add(part, behind);
    return behind;
  }
}
