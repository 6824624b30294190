import type { ProxyName } from '../../src/gateway/authz/proxies.js';
import { systemRandom } from '../../src/lib/random.js';
import { createProof } from '../../src/proof/create-proof.js';
import { StandaloneDesk, type Told } from './standalone-desk.js';

export const proxySecret = '7c1f0b5e9d2a4486b3c0e1d7f6a59384';

type Fields = Record<string, string | string[]>;

export interface AskedAbout {
  readonly method?: string;
  readonly target?: string;
  /** What the operator wrote into the address. */
  readonly rule?: string;
  /** Beside, and instead of, what the proxy sends. */
  readonly headers?: Fields;
  /** Of proxies that send it. */
  readonly body?: string;
  readonly dpop?: string;
}

/** Asks at /authz as a proxy does: in the fields and at the address that its documentation names. */
export class AuthzDesk {
  readonly desk: StandaloneDesk;
  readonly proxy: ProxyName;

  private constructor(desk: StandaloneDesk, proxy: ProxyName) {
    this.desk = desk;
    this.proxy = proxy;
  }

  static async open(proxy: ProxyName): Promise<AuthzDesk> {
    const desk = await StandaloneDesk.open({
      wish: { authz: proxy },
      secrets: { authzSecret: proxySecret },
    });
    return new AuthzDesk(desk, proxy);
  }

  /** A good call, but for what is said. */
  async ask(asked: AskedAbout = {}): Promise<Told> {
    const { method = 'POST', target = '/fast/v1/chat/completions', rule = 'model=fast' } = asked;
    const dpop = asked.dpop ?? (await this.proof(method, target));
    const credentials = { authorization: `DPoP ${this.desk.token}`, dpop };
    const headers = { ...credentials, 'x-holdfast-proxy': proxySecret, ...this.#told(method, target) };
    const body = asked.body === undefined ? {} : { body: asked.body };
    const type = asked.body === undefined ? {} : { 'content-type': 'application/json' };
    const sent = {
      method: this.proxy === 'envoy' ? method : 'GET',
      headers: { ...headers, ...type, ...asked.headers },
    };
    const address = this.proxy === 'envoy' ? `/authz/${rule}${target}` : `/authz?${rule}`;
    return this.desk.send(address, { ...sent, ...body });
  }

  async proof(method: string, target: string): Promise<string> {
    const { token, key, clock } = this.desk;
    const nonce = String((await this.desk.send('/v1/models')).headers['dpop-nonce']);
    const claims = { method, url: `https://models.example${target}`, accessToken: token, nonce };
    return createProof(key, claims, { clock, random: systemRandom });
  }

  /** What the authorization server was asked last. */
  get asked(): Readonly<Record<string, unknown>> | undefined {
    return this.desk.issuer.calls.at(-1);
  }

  close(): Promise<void> {
    return this.desk.close();
  }

  #told(method: string, target: string): Fields {
    if (this.proxy === 'envoy') return { 'x-forwarded-for': '203.0.113.9' };
    if (this.proxy === 'nginx') {
      return { 'x-original-method': method, 'x-original-uri': target, 'x-real-ip': '203.0.113.9' };
    }
    return {
      'x-forwarded-method': method,
      'x-forwarded-uri': target,
      'x-forwarded-host': 'models.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '203.0.113.9',
    };
  }
}
