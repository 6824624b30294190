import * as oidc from 'openid-client';
import { generateProofKey } from '../../src/client/index.js';
import type { Meter } from '../gateway/meter.js';
import { SoftwareAuthenticator, type RequestOptions } from '../support/software-authenticator.js';
import { Browser } from './browser.js';
import { KeyHolder } from './key-holder.js';
import { approvalAt } from './person.js';
import type { Stage } from './stage.js';
import { dearest, type SteppedUp } from './step-up.js';
import { callModel, clientId, expect, postForm, Unexpected, type Ada } from './story.js';
import { chapter, dollars, remark } from './terminal.js';

/** The thief has copied tokens and a whole request, but not the key. Everything is tried, everything is refused. */
export async function tellThief(stage: Stage, ada: Ada): Promise<void> {
  chapter('The thief', 'has her access token, her refresh token and a recorded request');
  const { issuer, gateway, resource, meter } = stage;
  const { token } = ada.access;
  const { address, init } = ada.lastRequest;
  const thief = new KeyHolder(await generateProofKey());
  const refresh = {
    grant_type: 'refresh_token',
    refresh_token: ada.refreshToken,
    client_id: clientId,
    resource,
  };
  const form = new URLSearchParams(refresh);
  const headers = Object.fromEntries(new Headers(init.headers));
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
  await expect('Ada, meanwhile, asks with her key', await callModel(ada.holder, token, gateway), '200');
}

/**
 * Then he takes her laptop, open: cookies, tokens and key are his. What costs asks for her passkey all the same. Returns
 * what is in her file after he has used it.
 */
export async function tellLaptop(stage: Stage, ada: SteppedUp): Promise<Ada> {
  chapter('The thief', 'has her laptop now: the browser’s cookies, the tokens, and the key');
  const { issuer, gateway, meter } = stage;
  const call = async (token: string): Promise<Response> => callModel(ada.holder, token, gateway, dearest);
  const wall = '403 insufficient_authorization_details';
  await refused(meter, 'the dearest model, with her token and key', () => call(ada.access.token), wall);
  const renewed = await oidc.refreshTokenGrant(
    ada.access.config,
    ada.refreshToken,
    {},
    { DPoP: ada.access.DPoP },
  );
  await refused(meter, 'the same with a token that he renewed', () => call(renewed.access_token), wall);

  const browser = new Browser(ada.person.browser.cookies);
  const approval = approvalAt(await browser.open(await request(stage, ada)));
  const { csrf, seen, at } = approval;
  const options = await browser.postJson(at('options'), { csrf, seen });
  const his = new SoftwareAuthenticator(issuer);
  his.register({ challenge: '', rp: { id: new URL(issuer).hostname }, user: { id: '' } });
  const forged = his.assert(options as unknown as RequestOptions);
  const send = (response: object) => () => browser.tryJson(at('result'), { csrf, response });
  await refused(meter, 'her session, with a passkey of his own', send(forged), '400 access_denied');
  await refused(meter, 'her session, with what she signed before', send(ada.assertion), '400 access_denied');
  remark('The cheap model is his until she notices. What costs wants her passkey, and her.');
  return { ...ada, refreshToken: renewed.refresh_token ?? ada.refreshToken };
}

/** Asks for an approval as her command line would, by PAR and with her key. */
async function request({ resource }: Stage, { access }: SteppedUp): Promise<URL> {
  const details = [{ type: 'model_call', tier: 'frontier' }];
  return oidc.buildAuthorizationUrlWithPAR(
    access.config,
    {
      redirect_uri: 'http://127.0.0.1:1/callback',
      scope: 'openid model:call',
      resource,
      authorization_details: JSON.stringify(details),
      code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()),
      code_challenge_method: 'S256',
    },
    { DPoP: access.DPoP },
  );
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
