import { request } from 'undici';
import { toAnswer, type Answer } from './device.js';

export interface RawRequest {
  readonly method?: 'GET' | 'POST' | 'HEAD' | 'PUT' | 'OPTIONS';
  /** A list is sent as several fields; Host may be forged. */
  readonly headers?: Record<string, string | string[]>;
  /** Sent as it is; a form unless the headers say otherwise. */
  readonly body?: string;
}

/** A request of which nothing is put right, checked or followed on the way. */
export async function sendAsIs(
  url: string,
  { method = 'GET', headers = {}, body }: RawRequest = {},
): Promise<Answer> {
  const form = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
  const {
    statusCode,
    headers: fields,
    body: stream,
  } = await request(url, {
    method,
    headers: { ...form, ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const flat = Object.entries(fields).flatMap(([name, value]) =>
    [value].flat().map((each): [string, string] => [name, each ?? '']),
  );
  return toAnswer(statusCode, new Headers(flat), await stream.text());
}
