import { recoveryCodesOn } from './recovery-codes-on.js';
import type { Secret } from './secret-search.js';
import type { Exchange } from './wiretap.js';

const secretFields = [
  'access_token',
  'refresh_token',
  'id_token',
  'request_uri',
  'challenge',
  'client_secret',
  'client_assertion',
  'code',
  'code_verifier',
  'csrf',
  'xsrf',
  'token',
  'recovery_code',
  'auth_req_id',
  'client_notification_token',
];

/** Every credential that went over the wire: in cookies, fields, forms, redirects, proofs and Authorization. */
export function credentialsSeen(exchanges: readonly Exchange[]): Secret[] {
  const found = new Map<string, string>();
  const keep = (name: string, value: string | null | undefined) => {
    if (value && value.length >= 16 && !found.has(value)) found.set(value, name);
  };
  for (const exchange of exchanges) {
    for (const line of exchange.received.getSetCookie()) {
      const [name = '', value] = (line.split(';')[0] ?? '').split('=');
      keep(`cookie ${name}`, value);
    }
    keep('proof', exchange.sent.get('dpop'));
    keep('authorization', exchange.sent.get('authorization')?.split(' ')[1]);
    for (const name of secretFields) keep(name, exchange.form.get(name));
    for (const [name, value] of fieldsOf(exchange)) if (secretFields.includes(name)) keep(name, value);
    // A request id looks like one, and is no secret.
    if (exchange.body.includes('class="codes"'))
      for (const code of recoveryCodesOn(exchange.body)) keep('recovery code', code);
    keep('approval link', /\/approve\/(\w{20,})/.exec(exchange.body)?.[1]);
    keep('undo link', /\/recovery\/undo\/([\w-]+)/.exec(exchange.url)?.[1]);
    keep('interaction', /\/interaction\/([\w-]+)/.exec(exchange.received.get('location') ?? '')?.[1]);
  }
  return [...found].map(([value, name]) => ({ name, value }));
}

function fieldsOf({ body, received }: Exchange): [string, string][] {
  const location = received.get('location');
  const redirect = location !== null && URL.canParse(location) ? [...new URL(location).searchParams] : [];
  const html = [...body.matchAll(/name="(csrf|xsrf)" value="([^"]+)"/g)].map(
    ([, name = '', value = '']): [string, string] => [name, value],
  );
  return [...redirect, ...html, ...jsonFields(body)];
}

function jsonFields(body: string): [string, string][] {
  if (!body.startsWith('{')) return [];
  return Object.entries(JSON.parse(body) as Record<string, unknown>).filter(
    (field): field is [string, string] => typeof field[1] === 'string',
  );
}
