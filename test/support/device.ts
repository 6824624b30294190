import { systemClock, type Clock } from '../../src/lib/clock.js';
import { systemRandom } from '../../src/lib/random.js';
import { createProof, generateProofKey, type ProofKey } from '../../src/proof/create-proof.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // Tests read whatever the server said.
  readonly body: Record<string, unknown>;
}

export interface TokenRequest {
  readonly url: string;
  readonly form: Record<string, string | string[]>;
  readonly headers?: Record<string, string>;
}

/** Something with a key of its own that makes DPoP-bound requests, nonces included. */
export class Device {
  readonly key: ProofKey;
  readonly #clock: Clock;
  #nonce: string | undefined;

  private constructor(key: ProofKey, clock: Clock) {
    this.key = key;
    this.#clock = clock;
  }

  static async create(clock: Clock = systemClock): Promise<Device> {
    return new Device(await generateProofKey('ES256', true), clock);
  }

  get nonce(): string | undefined {
    return this.#nonce;
  }

  async proof(method: string, url: string, accessToken?: string): Promise<string> {
    return createProof(
      this.key,
      {
        method,
        url,
        ...(accessToken === undefined ? {} : { accessToken }),
        ...(this.#nonce === undefined ? {} : { nonce: this.#nonce }),
      },
      { clock: this.#clock, random: systemRandom },
    );
  }

  /** Posts a form with a fresh proof; repeats it once when the server asks for its nonce. */
  async post(request: TokenRequest): Promise<Answer> {
    const answer = await postForm(request, await this.proof('POST', request.url));
    if (!this.#learn(answer) || answer.body['error'] !== 'use_dpop_nonce') return answer;
    const again = await postForm(request, await this.proof('POST', request.url));
    this.#learn(again);
    return again;
  }

  /** Calls a resource with the bound token. */
  async get(url: string, accessToken: string): Promise<Answer> {
    const send = async () =>
      read(
        await fetch(url, {
          headers: {
            authorization: `DPoP ${accessToken}`,
            dpop: await this.proof('GET', url, accessToken),
          },
        }),
      );
    const answer = await send();
    if (!this.#learn(answer) || answer.body['error'] !== 'use_dpop_nonce') return answer;
    return send();
  }

  #learn(answer: Answer): boolean {
    const nonce = answer.headers.get('dpop-nonce');
    if (nonce === null) return false;
    this.#nonce = nonce;
    return true;
  }
}

/** Posts a form, as any client would; `proof` goes into the DPoP header. */
export async function postForm(request: TokenRequest, proof?: string): Promise<Answer> {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(request.form)) {
    for (const each of Array.isArray(value) ? value : [value]) body.append(name, each);
  }
  return read(
    await fetch(request.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...(proof === undefined ? {} : { dpop: proof }),
        ...request.headers,
      },
      body: body.toString(),
    }),
  );
}

export function basic(clientId: string, secret: string): Record<string, string> {
  const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

async function read(response: Response): Promise<Answer> {
  return toAnswer(response.status, response.headers, await response.text());
}

/** The body is `{ text }` where it is no JSON. */
export function toAnswer(status: number, headers: Headers, text: string): Answer {
  let body: Record<string, unknown>;
  try {
    body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  } catch {
    body = { text };
  }
  return { status, headers, body };
}
