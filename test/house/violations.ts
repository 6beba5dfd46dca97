/**
 * How a broken house rule is told: where, what, and what to do instead; and how one is excused.
 *
 * An excuse names a path and a reason. One that excuses nothing is itself a violation, so the lists
 * of excuses only shrink.
 */

export interface Violation {
  readonly path: string;
  readonly line?: number;
  readonly what: string;
  readonly instead: string;
}

/** The reason by path, or by `path what` for a single finding in a file. */
export type Excuses = Readonly<Record<string, string>>;

/** One line per violation that is not excused; expect this to be empty. */
export function told(violations: readonly Violation[], excuses: Excuses = {}): string[] {
  const used = new Set<string>();
  const rest = violations.filter(({ path, what }) => {
    const key = [path, `${path} ${what}`].find((one) => Object.hasOwn(excuses, one));
    if (key !== undefined) used.add(key);
    return key === undefined;
  });
  return [
    ...rest.map(({ path, line, what, instead }) => {
      const place = line === undefined ? path : `${path}:${line}`;
      return `${place}: ${what}. Instead: ${instead}`;
    }),
    ...Object.keys(excuses)
      .filter((key) => !used.has(key))
      .map((key) => `${key}: is excused but breaks no rule. Instead: take it off the list`),
  ];
}
