import * as client from 'openid-client';
import type { Access } from './sign-in.js';

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

/** One question to a model; the answer comes in pieces. Throws with what the gateway said when it refuses. */
export async function* ask(
  { config, token, DPoP }: Access,
  gateway: URL,
  { model, prompt }: { readonly model: string; readonly prompt: string },
): AsyncGenerator<string> {
  const body = JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: prompt }] });
  const headers = new Headers({ 'content-type': 'application/json' });
  const address = new URL('/v1/chat/completions', gateway);
  const answer = await client
    .fetchProtectedResource(config, token, address, 'POST', body, headers, { DPoP })
    .catch((error: unknown) => {
      if (error instanceof client.WWWAuthenticateChallengeError) return error.response;
      throw error;
    });
  if (!answer.ok || !answer.body) throw new Error(await explain(answer));
  let rest = '';
  for await (const text of answer.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    yield* lines.flatMap(readDelta);
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

async function explain(answer: Response): Promise<string> {
  const body = await answer.text();
  try {
    const { error } = JSON.parse(body) as { error: { message: string; hint?: string; request_id?: string } };
    return [`${answer.status} ${error.message}`, error.hint, `request ${error.request_id}`]
      .filter(Boolean)
      .join('\n');
  } catch {
    return `${answer.status} ${body.slice(0, 200)}`;
  }
}
