/**
 * The little path arithmetic the stores need, without node:path, so that it works on any file
 * system.
 */

/** Joins with single slashes; empty parts are left out. */
export function joinPath(...parts: readonly string[]): string {
  let joined = '';
  for (const part of parts) {
    if (part === '') continue;
    if (joined === '') joined = part;
    else if (joined.endsWith('/')) joined += part.startsWith('/') ? part.slice(1) : part;
    else joined += part.startsWith('/') ? part : `/${part}`;
  }
  return joined;
}

/** The directory a path lies in: '.' for a bare name, '/' for the root's children. */
export function parentPath(path: string): string {
  const trimmed = withoutTrailingSlashes(path);
  const at = trimmed.lastIndexOf('/');
  if (at < 0) return '.';
  return at === 0 ? '/' : trimmed.slice(0, at);
}

/** The last part of a path. */
export function baseName(path: string): string {
  const trimmed = withoutTrailingSlashes(path);
  return trimmed.slice(trimmed.lastIndexOf('/') + 1);
}

function withoutTrailingSlashes(path: string): string {
  let end = path.length;
  while (end > 1 && path[end - 1] === '/') end--;
  return path.slice(0, end);
}
