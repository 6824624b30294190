import type { Clock } from '../lib/clock.js';
import { sha256 } from '../lib/hashing.js';
import { open, seal } from '../lib/seal.js';
import type { StoredUpstreamLogin, UpstreamLoginStore } from './upstream-login-store.js';
import type { UpstreamArrival, UpstreamQuestion } from './upstream-login.js';

/** Milliseconds that a person has at the provider, and then again on our page. */
const life = 10 * 60_000;

type Content = UpstreamQuestion | UpstreamArrival;
type Of<Kind extends Content['kind']> = Extract<Content, { kind: Kind }>;

export interface UpstreamLoginBoxPorts {
  readonly logins: UpstreamLoginStore;
  /** deriveKey(master, 'upstream login') */
  readonly key: Uint8Array;
  readonly clock: Clock;
}

/** Keeps what belongs to a login under a random secret: by its digest, and sealed (law 7). */
export class UpstreamLoginBox {
  readonly #ports: UpstreamLoginBoxPorts;

  constructor(ports: UpstreamLoginBoxPorts) {
    this.#ports = ports;
  }

  async put(secret: string, content: Content): Promise<void> {
    const { clock, key, logins } = this.#ports;
    const sealed = await seal(key, JSON.stringify(content));
    await logins.put({ digest: sha256(secret), sealed, expiresAt: new Date(clock.now() + life) });
  }

  async look<Kind extends Content['kind']>(secret: string, kind: Kind): Promise<Of<Kind> | undefined> {
    const { clock, logins } = this.#ports;
    return await this.#opened(await logins.find(sha256(secret), new Date(clock.now())), kind);
  }

  /** Once, whoever else tries at the same time (law 2). */
  async take<Kind extends Content['kind']>(secret: string, kind: Kind): Promise<Of<Kind> | undefined> {
    const { clock, logins } = this.#ports;
    return await this.#opened(await logins.take(sha256(secret), new Date(clock.now())), kind);
  }

  async #opened<Kind extends Content['kind']>(
    stored: StoredUpstreamLogin | undefined,
    kind: Kind,
  ): Promise<Of<Kind> | undefined> {
    if (!stored) return undefined;
    const content = JSON.parse(await open(this.#ports.key, stored.sealed)) as Content;
    // A state is no ticket.
    return content.kind === kind ? (content as Of<Kind>) : undefined;
  }
}
