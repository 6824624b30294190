import * as oidc from 'openid-client';
import { generateProofKey } from '../../src/client/index.js';
import type { SceneResult } from '../../src/demo/scene.js';
import { SoftwareAuthenticator, type RequestOptions } from '../support/software-authenticator.js';
import { Browser } from './browser.js';
import { callModel, had, postForm, timed, type Cast } from './cast.js';
import { KeyHolder } from './key-holder.js';
import { askDearest, refreshForm } from './owner.js';
import { approvalAt } from './person.js';

/** He has copied tokens and a whole request of hers, but not the key; he makes one of his own. */
export async function leak(cast: Cast): Promise<SceneResult> {
  const start = performance.now();
  cast.thief = new KeyHolder(await generateProofKey());
  return { milliseconds: performance.now() - start, cost: 0 };
}

export function bearer({ holdings, recorded }: Cast): Promise<SceneResult> {
  const { address, init } = had(recorded);
  const headers = Object.fromEntries(new Headers(init.headers));
  const authorization = `Bearer ${had(holdings).access.token}`;
  return timed(() => fetch(address, { ...init, headers: { ...headers, authorization } }));
}

export function noProof({ recorded }: Cast): Promise<SceneResult> {
  const { address, init } = had(recorded);
  const headers = new Headers(init.headers);
  headers.delete('dpop');
  return timed(() => fetch(address, { ...init, headers }));
}

export function otherKey(cast: Cast): Promise<SceneResult> {
  return timed(() => callModel(cast, had(cast.thief), had(cast.holdings).access.token));
}

export function replay({ recorded }: Cast): Promise<SceneResult> {
  const { address, init } = had(recorded);
  return timed(() => fetch(address, init));
}

export function refresh(cast: Cast): Promise<SceneResult> {
  const form = refreshForm(cast, had(cast.holdings).refreshToken);
  return timed(() => postForm(had(cast.thief), `${cast.servers.issuer}/token`, form));
}

export function refreshWithoutKey(cast: Cast): Promise<SceneResult> {
  const body = new URLSearchParams(refreshForm(cast, had(cast.holdings).refreshToken));
  return timed(() => fetch(`${cast.servers.issuer}/token`, { method: 'POST', body }));
}

/** Then he has her laptop, open: cookies, tokens and key are his. What costs asks for her passkey all the same. */
export function laptop(cast: Cast): Promise<SceneResult> {
  return askDearest(cast);
}

/** The same with a token that he renewed, which he can: the key is there. */
export async function renewed(cast: Cast): Promise<SceneResult> {
  const { access, refreshToken, ...rest } = had(cast.holdings);
  const tokens = await oidc.refreshTokenGrant(access.config, refreshToken, {}, { DPoP: access.DPoP });
  cast.holdings = {
    ...rest,
    access: { ...access, token: tokens.access_token },
    refreshToken: tokens.refresh_token ?? refreshToken,
  };
  return askDearest(cast);
}

/** Her session asks for an approval, and he answers with a passkey of his own. */
export async function ownPasskey(cast: Cast): Promise<SceneResult> {
  const browser = new Browser(cast.person.browser.cookies);
  const { csrf, seen, at } = approvalAt(await browser.open(await askForApproval(cast)));
  const options = await browser.postJson(at('options'), { csrf, seen });
  const answer = (response: object): Promise<Response> => browser.tryJson(at('result'), { csrf, response });
  cast.forged = { answer, options };
  const { issuer } = cast.servers;
  const his = new SoftwareAuthenticator(issuer);
  // It says that it is hers.
  const { userHandle: id = '' } = had(cast.assertion).response;
  his.register({ challenge: '', rp: { id: new URL(issuer).hostname }, user: { id } });
  return timed(() => answer(his.assert(options as unknown as RequestOptions)));
}

/** The same with what she signed before. */
export function signedBefore({ forged, assertion }: Cast): Promise<SceneResult> {
  return timed(() => had(forged).answer(had(assertion)));
}

/** Asks for an approval as her command line would, by PAR and with her key. */
async function askForApproval({ servers: { resource }, holdings }: Cast): Promise<URL> {
  const { access } = had(holdings);
  return oidc.buildAuthorizationUrlWithPAR(
    access.config,
    {
      redirect_uri: 'http://127.0.0.1:1/callback',
      scope: 'openid model:call',
      resource,
      authorization_details: JSON.stringify([{ type: 'model_call', tier: 'frontier' }]),
      code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()),
      code_challenge_method: 'S256',
    },
    { DPoP: access.DPoP },
  );
}
