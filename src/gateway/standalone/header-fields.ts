import type { IncomingMessage } from 'node:http';
import type { Dispatcher } from 'undici';

/** Of the provider's answer; nothing else reaches a client: no cookie, no organisation, no challenge of its own. */
const answered = ['content-type', 'content-length', 'retry-after', 'retry-after-ms', 'x-should-retry'];
/** Credentials, what belongs to one connection, and what could say that the request is another one. */
const neverPassed =
  /^(authorization|proxy-.*|dpop|cookie2?|host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|content-(length|encoding)|accept-encoding|forwarded|via|x-forwarded-.*|x-real-ip|x-http-method.*|x-method-override|x-original-.*|x-rewrite-url|x-api-key|api-key|x-goog-api-key|idempotency-key)$/;
const fieldName = /^[a-z0-9-]{1,64}$/;
const fieldValue = /^[\x20-\x7e]{1,512}$/;

/** Why a field of the client's can't be passed on, whatever the operator wants; undefined: it can. */
export function unpassable(name: string): string | undefined {
  if (!fieldName.test(name)) return 'it is no name of a header, in lower case';
  return neverPassed.test(name)
    ? 'it is a credential, belongs to one connection, or disguises a request'
    : undefined;
}

/** The fields of the client's that go on, each once. */
export function passedOn(request: IncomingMessage, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const values = request.headersDistinct[name] ?? [];
      const [value = ''] = values;
      return values.length === 1 && fieldValue.test(value) ? [[name, value]] : [];
    }),
  );
}

/** @param bare whether the body goes on as it is, so that its length holds */
export function answerFields(
  { headers }: Pick<Dispatcher.ResponseData, 'headers'>,
  key: string | undefined,
  bare: boolean,
): Record<string, string> {
  return Object.fromEntries(
    answered.flatMap((name) => {
      const value = headers[name];
      if (typeof value !== 'string' || (!bare && name === 'content-length')) return [];
      return key !== undefined && value.includes(key) ? [] : [[name, value]];
    }),
  );
}
