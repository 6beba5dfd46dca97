/** What inspecting a file gives, whichever core knows it. */
export interface InspectedFile {
  /** What the file is, in words. */
  readonly kind: string;
  /** Bytes. */
  readonly size: number;
  /** Its contents, one entry per line, as many as were asked for. */
  readonly lines: readonly string[];
  /** True when there is more than was asked for. */
  readonly truncated: boolean;
  readonly problems: readonly FileProblem[];
}

/** Damage, and where it is. */
export interface FileProblem {
  readonly path: string;
  /** Byte in that file. */
  readonly position: number;
  readonly reason: string;
}
