/** The two SCRAM mechanisms by name and number: on the wire, never renumber. */
export const scramMechanisms = { 'SCRAM-SHA-256': 1, 'SCRAM-SHA-512': 2 } as const;
export type ScramMechanism = keyof typeof scramMechanisms;
export const scramNames: readonly ScramMechanism[] = ['SCRAM-SHA-256', 'SCRAM-SHA-512'];

export function isScramMechanism(name: string): name is ScramMechanism {
  return Object.hasOwn(scramMechanisms, name);
}
export function mechanismOf(number: number): ScramMechanism | undefined {
  return scramNames.find((name) => scramMechanisms[name] === number);
}
