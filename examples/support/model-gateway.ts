import * as client from 'openid-client';
import { readChallenge } from '../../src/client/challenge.js';
import { isRecord } from '../../src/lib/json.js';
import { Challenged } from './challenge-answer.js';

/** Access to the resource, and the key without which it is worth nothing. */
export interface Access {
  readonly config: client.Configuration;
  readonly token: string;
  readonly DPoP: client.DPoPHandle;
}

/** What a gateway says of itself (RFC 9728). */
export interface GatewayDescription {
  readonly issuer: string;
  readonly resource: string;
}

/** Asks the gateway who issues its tokens, so that its address is all that a person must know. */
export async function describeGateway(gateway: URL): Promise<GatewayDescription> {
  const address = new URL('/.well-known/oauth-protected-resource', gateway);
  const answer = await fetch(address, { redirect: 'error' }).catch(() => undefined);
  if (!answer?.ok) throw new Error(`No gateway answers at ${gateway.href}. Is it running? (npm start)`);
  const { resource, authorization_servers: servers } = (await answer.json()) as Record<string, unknown>;
  // RFC 9728 §3.3: the resource of the metadata MUST be the one that was asked.
  if (typeof resource !== 'string' || new URL(resource).origin !== gateway.origin) {
    throw new Error(`${gateway.href} describes another resource.`);
  }
  const issuer: unknown = Array.isArray(servers) ? servers[0] : undefined;
  if (typeof issuer !== 'string') throw new Error(`${gateway.href} names no authorization server.`);
  return { issuer, resource };
}

/**
 * One question to a model; the answer comes in pieces. Throws `Challenged` when the gateway wants the person first, and
 * with what it said when it refuses.
 */
export async function* ask(
  { config, token, DPoP }: Access,
  gateway: URL,
  { model, prompt }: { readonly model: string; readonly prompt: string },
): AsyncGenerator<string> {
  const body = JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: prompt }] });
  const headers = new Headers({ 'content-type': 'application/json' });
  // Behind some proxies, each model has a place of its own.
  const address = new URL(`${gateway.pathname.replace(/\/$/, '')}/v1/chat/completions`, gateway);
  const answer = await client
    .fetchProtectedResource(config, token, address, 'POST', body, headers, { DPoP })
    .catch((error: unknown) => {
      if (error instanceof client.WWWAuthenticateChallengeError) return error.response;
      throw error;
    });
  const challenge = await readChallenge(answer);
  if (challenge) throw new Challenged(challenge);
  if (!answer.ok || !answer.body) throw new Error(await explain(answer));
  // Not every browser iterates over a stream.
  const reader = answer.body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (let part = await reader.read(); part.value; part = await reader.read()) {
      const lines = (rest + decoder.decode(part.value, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines.flatMap(readDelta);
    }
  } finally {
    await reader.cancel();
  }
}

function readDelta(line: string): string[] {
  if (!line.startsWith('data: {')) return [];
  const event = JSON.parse(line.slice('data: '.length)) as {
    choices?: { delta?: { content?: string | null } }[];
  };
  const content = event.choices?.[0]?.delta?.content;
  return content ? [content] : [];
}

/** The gateway's own errors have OpenAI's shape, refusals of the login OAuth's. */
async function explain(answer: Response): Promise<string> {
  const text = await answer.text();
  const body = readObject(text);
  const error = isRecord(body['error']) ? body['error'] : body;
  const said = error['message'] ?? error['error_description'] ?? error['error'];
  if (typeof said !== 'string') return `${answer.status} ${text.slice(0, 200)}`;
  const request = answer.headers.get('x-request-id');
  const lines = [`${answer.status} ${said}`, error['hint'], request && `request ${request}`];
  return lines.filter((line) => typeof line === 'string').join('\n');
}

function readObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
