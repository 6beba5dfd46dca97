/**
 * A port where Prometheus reads the broker's numbers: HTTP/1.1 as far as a GET goes, one answer per
 * connection.
 */
import { listenTcp, type Listener, type Peer } from '../transport/index.ts';

const maxRequestBytes = 16 << 10;

/** Serves what `text` gives under /metrics, and 404 elsewhere. */
export function serveMetrics(
  where: { readonly host: string; readonly port: number },
  text: () => string,
): Promise<Listener> {
  return listenTcp(where, (peer) => answer(peer, text));
}

function answer({ stream }: Peer, text: () => string): void {
  let request = '';
  stream.on('error', () => stream.destroy());
  stream.on('data', (chunk: Buffer) => {
    request += chunk.toString('latin1');
    if (request.length > maxRequestBytes) stream.destroy();
    if (!request.includes('\r\n\r\n')) return;
    stream.end(responseTo(request, text));
  });
}

function responseTo(request: string, text: () => string): string {
  const [, method, path] = /^(\S+) (\S+) HTTP\/1\.[01]\r\n/.exec(request) ?? [];
  const isFound = method === 'GET' && /^\/metrics(?:\?|$)/.test(path ?? '');
  const body = isFound ? text() : 'see /metrics\n';
  return [
    isFound ? 'HTTP/1.1 200 OK' : 'HTTP/1.1 404 Not Found',
    'Content-Type: text/plain; version=0.0.4; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
