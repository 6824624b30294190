import { challengeParameters } from '../../src/client/authorization.js';
import { readChallenge, type CallChallenge } from '../../src/client/challenge.js';
import { callback, gatewayA, secretOf } from './clients.js';
import { basic, type Device } from './device.js';
import type { Holdfast } from './harness.js';
import { pkce } from './login.js';
import type { PasskeyHolder } from './account-with-passkey.js';
import type { Manners } from './people.js';

/** The client's key, and the person with her browser. */
export interface Parties {
  readonly device: Device;
  readonly holder: PasskeyHolder;
}

/** What the client has of her. */
export interface Held extends Parties {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly idToken: string;
  /** As the token response said. */
  readonly granted: unknown;
}

/** How a client answers a challenge: with what it asks for; undefined: it gives up. */
export type Answering = (
  challenge: CallChallenge,
  before: { readonly first: CallChallenge; readonly granted: unknown },
) => Readonly<Record<string, string>> | undefined;

/** Where a walk came to its end, and how often the person was sent away on the way. */
export interface WalkEnd {
  readonly end: string;
  readonly trips: number;
}

/** Exactly what the challenge says. */
export const literally: Answering = (challenge) => challengeParameters(challenge);
/** What the first challenge said, whatever comes later. */
export const asAtFirst: Answering = (_, { first }) => challengeParameters(first);
/** What was granted once, as it stands, in place of what is asked for. */
export const withOldApprovals: Answering = (challenge, { granted }) => ({
  ...challengeParameters(challenge),
  ...(granted !== undefined && { authorization_details: JSON.stringify(granted) }),
});
/** Knows RFC 9470 alone: the header of a 401. */
export const byTheHeaderAlone: Answering = ({ kind, acrValues, maxAge }) =>
  kind === 'step_up'
    ? challengeParameters({ kind, acrValues, ...(maxAge !== undefined && { maxAge }) })
    : undefined;

const client = { client_id: 'spa' };
const resource = gatewayA;

export class Walk {
  readonly #holdfast: Holdfast;

  constructor(holdfast: Holdfast) {
    this.#holdfast = holdfast;
  }

  /** Calls, answers the challenge, calls again, until it is served or refused for good; never more than six times. */
  async until(model: string, start: Held, answering: Answering, manners: Manners): Promise<WalkEnd> {
    let held = start;
    let first: CallChallenge | undefined;
    for (let trips = 0; trips < 6; trips += 1) {
      const answer = await this.call(held, model);
      if (answer.status === 200) return { end: 'served', trips };
      const challenge = await readChallenge(answer);
      if (!challenge) return { end: `${answer.status} ${await codeOf(answer)}`, trips };
      first ??= challenge;
      const parameters = answering(challenge, { first, granted: held.granted });
      if (!parameters) return { end: 'gave up', trips };
      const next = await this.ask(held, parameters, manners);
      if (typeof next === 'string') return { end: next, trips: trips + 1 };
      held = next;
    }
    return { end: 'goes on and on', trips: 6 };
  }

  /** What a gateway answers, by what `/calls` tells it. */
  async call({ accessToken, device }: Held, model: string, max_cost = 250_000): Promise<Response> {
    const answer = await fetch(`${this.#holdfast.issuer}/calls`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...basic('rs-a', secretOf('rs-a')) },
      body: JSON.stringify({ token: accessToken, jkt: device.key.jkt, model, max_cost }),
    });
    if (!answer.ok) throw new Error(`/calls refused the question: ${await answer.text()}`);
    const { decision, status, www_authenticate, body } = (await answer.json()) as Record<string, unknown>;
    if (decision === 'allow') return new Response();
    const headers = { 'www-authenticate': String(www_authenticate) };
    return new Response(JSON.stringify(body), { status: Number(status), headers });
  }

  /** Sends the person to the provider, by PAR; the error that comes back when there are no tokens. */
  async ask(
    { device, holder }: Parties,
    parameters: Readonly<Record<string, string>>,
    manners: Manners,
  ): Promise<Held | string> {
    const { issuer } = this.#holdfast;
    const { verifier, challenge: code_challenge } = pkce();
    const pushed = await device.post({
      url: `${issuer}/par`,
      form: {
        ...client,
        response_type: 'code',
        redirect_uri: callback,
        scope: 'openid model:call',
        resource,
        code_challenge,
        code_challenge_method: 'S256',
        ...parameters,
      },
    });
    if (pushed.status !== 201) return String(pushed.body['error']);
    const address = new URL('/authorize', issuer);
    address.search = new URLSearchParams({
      ...client,
      request_uri: String(pushed.body['request_uri']),
    }).toString();
    const { login, person } = holder;
    const first = await person.visitor.follow(await person.visitor.get(address.href));
    const end = await manners(first, person, login);
    const response = new URL(end.location ?? 'about:blank').searchParams;
    const code = response.get('code');
    if (code === null) return response.get('error') ?? `stays at ${end.url}`;
    return this.#tokens(
      { device, holder },
      { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: callback },
    );
  }

  async refresh(held: Held): Promise<Held> {
    const form = { grant_type: 'refresh_token', refresh_token: held.refreshToken, resource };
    return this.#tokens(held, form);
  }

  async #tokens({ device, holder }: Parties, form: Record<string, string>): Promise<Held> {
    const { status, body } = await device.post({
      url: `${this.#holdfast.issuer}/token`,
      form: { ...client, ...form },
    });
    if (status !== 200) throw new Error(`no tokens: ${JSON.stringify(body)}`);
    return {
      device,
      holder,
      accessToken: String(body['access_token']),
      refreshToken: String(body['refresh_token']),
      idToken: String(body['id_token']),
      granted: body['authorization_details'],
    };
  }
}

async function codeOf(answer: Response): Promise<string> {
  return ((await answer.json()) as { error: string }).error;
}
