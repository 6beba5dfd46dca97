/** Identifiers as Kafka prints them: 16 bytes in URL-safe base64 without padding, 22 characters. */

/** Text of 16 bytes. */
export function uuidText(id: Uint8Array): string {
  return Buffer.from(id.buffer, id.byteOffset, id.length).toString('base64url');
}

/** The 16 bytes, or undefined when the text is no identifier. */
export function parseUuid(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]{22}$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.length === 16 ? new Uint8Array(bytes) : undefined;
}
