import type { IncomingMessage } from 'node:http';
import { accepted, refused, type Result } from '../lib/result.js';

const nothing = Buffer.alloc(0);

/**
 * Reads the whole body, at most `limit` bytes: refused at once by its Content-Length, else when the stream exceeds it.
 * Rejects when the client breaks off.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Result<Buffer>> {
  const declared = request.headers['content-length'];
  if (declared === undefined && request.headers['transfer-encoding'] === undefined) {
    return Promise.resolve(accepted(nothing));
  }
  if (declared !== undefined && Number(declared) > limit) {
    return Promise.resolve(refused('body_too_large', `Content-Length is ${declared}`));
  }
  return new Promise((resolve, reject) => {
    let first: Buffer | undefined;
    let rest: Buffer[] | undefined;
    let received = 0;
    const onData = (chunk: Buffer) => {
      received += chunk.length;
      if (received <= limit) {
        // Nearly always there is one.
        if (first === undefined) first = chunk;
        else (rest ??= []).push(chunk);
        return;
      }
      request.off('data', onData);
      request.pause();
      resolve(refused('body_too_large', `more than ${limit} bytes came`));
    };
    // Each of these comes once at the most; `once` costs a wrapper and its removal.
    request.on('data', onData);
    request.on('end', () =>
      resolve(accepted(rest === undefined ? (first ?? nothing) : Buffer.concat([first ?? nothing, ...rest]))),
    );
    request.on('error', reject);
    // Every request closes at last; an error is made for one that broke off, because its stack costs as much as the rest.
    request.on('close', () => {
      if (!request.complete) reject(new Error('the client broke off'));
    });
  });
}

/** Lets oidc-provider read the body again, which it does by `readable` and `iterator` (shared/selective_body.js). */
export function makeReadableAgain(request: IncomingMessage, body: Buffer): void {
  Object.defineProperty(request, 'readable', { value: true });
  Object.defineProperty(request, 'iterator', {
    async *value() {
      if (body.length > 0) yield body;
    },
  });
}
