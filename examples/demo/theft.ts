import { createBoundFetch, generateProofKey } from '../../src/client/index.js';
import type { Meter } from '../gateway/meter.js';
import type { Stage } from './stage.js';
import { callModel, clientId, expect, postForm, Unexpected, type Ada } from './story.js';
import { chapter, dollars, remark } from './terminal.js';

/** The thief has copied tokens and a whole request, but not the key. Everything is tried, everything is refused. */
export async function tellThief(stage: Stage, ada: Ada): Promise<void> {
  chapter('The thief', 'has her access token, her refresh token and a recorded request');
  const { issuer, gateway, resource, meter } = stage;
  const { token } = ada.access;
  const { address, init } = ada.lastRequest;
  const thief = createBoundFetch({ key: await generateProofKey() });
  const refresh = {
    grant_type: 'refresh_token',
    refresh_token: ada.refreshToken,
    client_id: clientId,
    resource,
  };
  const form = new URLSearchParams(refresh);
  const headers = { ...(init.headers as Record<string, string>) };
  const { dpop: _, ...withoutProof } = headers;

  const tries: readonly [string, () => Promise<Response>, string][] = [
    [
      'the token as Bearer',
      () => fetch(address, { ...init, headers: { ...headers, authorization: `Bearer ${token}` } }),
      '401 invalid_token',
    ],
    [
      'the token without a proof',
      () => fetch(address, { ...init, headers: withoutProof }),
      '401 invalid_dpop_proof',
    ],
    ['the token with a key of his own', () => callModel(thief, token, gateway), '401 invalid_token'],
    ['her recorded request, once more', () => fetch(address, init), '401 invalid_dpop_proof'],
    [
      'the refresh token with a key of his own',
      () => postForm(thief, `${issuer}/token`, refresh),
      '400 invalid_grant',
    ],
    [
      'the refresh token without a key',
      () => fetch(`${issuer}/token`, { method: 'POST', body: form }),
      '400 invalid_grant',
    ],
  ];
  for (const [what, attempt, outcome] of tries) {
    await refused(meter, what, attempt, outcome);
  }
  remark('Elsewhere, each of these would have spent her money.');
  await expect('Ada, meanwhile, asks with her key', await callModel(ada.fetch, token, gateway), '200');
}

/** One attempt: refused as it should be, and not a micro-dollar spent. */
async function refused(
  meter: Meter,
  what: string,
  attempt: () => Promise<Response>,
  outcome: string,
): Promise<void> {
  const before = meter.microDollars;
  const response = await attempt();
  const lost = meter.microDollars - before;
  if (lost !== 0) throw new Unexpected(what, `${dollars(lost)} lost`);
  await expect(what, response, outcome, `lost ${dollars(lost)}`);
}
