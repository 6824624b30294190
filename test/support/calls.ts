import { systemClock, type Clock } from '../../src/lib/clock.js';
import { systemRandom } from '../../src/lib/random.js';
import { createProof, type ProofRequest } from '../../src/proof/create-proof.js';
import { gatewayA, secretOf } from './clients.js';
import { basic, type Answer, type Device } from './device.js';
import type { Tokens } from './login.js';
import { sendAsIs } from './raw-request.js';

/** Asks POST /calls, as the resource server `as`, with these members. */
export function askCall(
  issuer: string,
  members: unknown,
  as = 'rs-a',
  headers: Record<string, string> = {},
): Promise<Answer> {
  return sendAsIs(`${issuer}/calls`, {
    method: 'POST',
    headers: { ...basic(as, secretOf(as)), 'content-type': 'application/json', ...headers },
    body: JSON.stringify(members),
  });
}

/** A caller of models at a resource server that hands proofs on to Holdfast, and keeps the nonces that it is given. */
export class ProvenCaller {
  readonly device: Device;
  readonly token: string;
  readonly url: string;
  readonly #issuer: string;
  #nonce: string | undefined;

  constructor(issuer: string, tokens: Pick<Tokens, 'device' | 'accessToken'>, url = `${gatewayA}v1/chat`) {
    this.#issuer = issuer;
    this.device = tokens.device;
    this.token = tokens.accessToken;
    this.url = url;
  }

  /** A fresh proof for a call, by the last nonce; with other facts where they are given. */
  prove(facts: Partial<ProofRequest> = {}, clock: Clock = systemClock): Promise<string> {
    const nonce = this.#nonce === undefined ? {} : { nonce: this.#nonce };
    const usual = { method: 'POST', url: this.url, accessToken: this.token, ...nonce };
    return createProof(this.device.key, { ...usual, ...facts }, { clock, random: systemRandom });
  }

  learn(nonce: string): void {
    this.#nonce = nonce;
  }

  question(dpop: string, changes: object = {}): object {
    return { token: this.token, model: 'echo', proof: { dpop, method: 'POST', url: this.url }, ...changes };
  }

  /** Asks with this proof, and remembers the nonce of the answer. */
  async ask(dpop: string, changes: object = {}, { at = this.#issuer, as = 'rs-a' } = {}): Promise<Answer> {
    const answer = await askCall(at, this.question(dpop, changes), as);
    const nonce = answer.body['dpop_nonce'];
    if (typeof nonce === 'string') this.learn(nonce);
    return answer;
  }

  /** Gets the first nonce, as every client does: by being refused. */
  async greet(at?: string): Promise<string> {
    await this.ask(await this.prove({}), {}, at === undefined ? {} : { at });
    return this.#nonce ?? '';
  }
}

/** What became of a call, in a word. */
export function outcomeOf({ body }: Answer): unknown {
  return body['code'] ?? body['decision'] ?? body['error'];
}
