import type { IncomingHttpHeaders } from 'node:http';

/** RFC 9110 §7.6.1, and what is of this one connection. */
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
];

/** The per-start secret under its names, and what fetch sets by itself. */
const ofTheLoopback = new Set([
  ...hopByHop,
  'host',
  'authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'dpop',
  'cookie',
  'accept-encoding',
  'expect',
  'forwarded',
  'x-forwarded-for',
]);

/** What fetch has undone, and what concerns the proxy alone. */
const ofTheResource = new Set([
  ...hopByHop,
  'content-encoding',
  'set-cookie',
  'dpop-nonce',
  'www-authenticate',
  'alt-svc',
  'strict-transport-security',
]);

/** What goes on to the resource. */
export function headersToSend(received: IncomingHttpHeaders): Headers {
  const named = String(received.connection ?? '')
    .toLowerCase()
    .split(/[\s,]+/);
  const headers = new Headers();
  for (const [name, value] of Object.entries(received)) {
    if (value === undefined || ofTheLoopback.has(name) || named.includes(name)) continue;
    headers.set(name, [value].flat().join(', '));
  }
  return headers;
}

/** What goes back to the client. No page of the web may read it, whatever the resource allows. */
export function headersToReturn(answered: Headers): Record<string, string> {
  return Object.fromEntries(
    [...answered].filter(([name]) => !ofTheResource.has(name) && !name.startsWith('access-control-')),
  );
}
