import { ProofSender } from '../../src/client/proof-sender.js';
import { systemClock } from '../../src/lib/clock.js';
import { systemRandom } from '../../src/lib/random.js';
import type { ProofKey } from '../../src/proof/create-proof.js';

/** Posts with proofs of one key, and any token: what its owner can do, and what a thief with a key of his own can. */
export class KeyHolder {
  readonly #key: ProofKey;
  readonly #sender: ProofSender;

  constructor(key: ProofKey, send: typeof fetch = fetch) {
    this.#key = key;
    this.#sender = new ProofSender(send, { clock: systemClock, random: systemRandom });
  }

  post(address: string | URL, type: string, body: string, token?: string): Promise<Response> {
    const headers = new Headers({ 'content-type': type });
    const init = { method: 'POST', headers, body, redirect: 'error' } as const;
    const credentials = { key: this.#key, ...(token !== undefined && { token }) };
    return this.#sender.send({ url: new URL(address), init, repeatable: true }, credentials);
  }
}
