import { request as httpRequest, type ClientRequest } from 'node:http';
import type { Admission, CallAdmission } from '../../src/gateway/admission.js';
import { createGuard, type Guard, type GuardMode } from '../../src/gateway/index.js';
import { systemRandom } from '../../src/lib/random.js';
import { createProof, generateProofKey, type ProofKey } from '../../src/proof/create-proof.js';
import { gatewayA, secretOf } from './clients.js';
import type { Answer } from './device.js';
import { callPath, frameworks, listPath, parserFirst, type RunningServer } from './framework-servers.js';
import { startHoldfast, type Holdfast } from './harness.js';
import { mintToken, storeCaller } from './model-caller.js';
import { sendAsIs } from './raw-request.js';
import type { Family } from './records.js';

/** A promise and what settles it. */
export function awaited<Value>(): {
  readonly promise: Promise<Value>;
  readonly settle: (value: Value) => void;
} {
  let settle: (value: Value) => void = () => {};
  const promise = new Promise<Value>((resolve) => (settle = resolve));
  return { promise, settle };
}

/** The real provider, the guard that asks it, and the holder of a key who calls the servers of every framework. */
export class FrameworkDesk {
  readonly holdfast: Holdfast;
  readonly guard: Guard;
  readonly family: Family;
  readonly key: ProofKey;

  private constructor(parts: Pick<FrameworkDesk, 'holdfast' | 'guard' | 'family' | 'key'>) {
    this.holdfast = parts.holdfast;
    this.guard = parts.guard;
    this.family = parts.family;
    this.key = parts.key;
  }

  static async open(mode: GuardMode = 'local'): Promise<FrameworkDesk> {
    const holdfast = await startHoldfast();
    const guard = createGuard({
      mode,
      issuer: holdfast.issuer,
      resource: gatewayA,
      publicUrl: new URL(gatewayA).origin,
      clientId: 'rs-a',
      clientSecret: secretOf('rs-a'),
      clock: holdfast.clock,
    });
    const [family, key] = await Promise.all([storeCaller(holdfast), generateProofKey()]);
    return new FrameworkDesk({ holdfast, guard, family, key });
  }

  serverOf(framework: string): Promise<FrameworkServer> {
    return FrameworkServer.start(this, framework);
  }

  token(scope = 'model:read model:call'): Promise<string> {
    return mintToken(this.holdfast, this.family, { jkt: this.key.jkt, scope });
  }

  async close(): Promise<void> {
    await this.guard.close();
    await this.holdfast.close();
  }
}

/** One of the servers, and what became of the requests that it let in. */
export class FrameworkServer {
  readonly #desk: FrameworkDesk;
  #running: RunningServer | undefined;
  /** Aborting it stands for the revocation of every token that is being answered. */
  revocation = new AbortController();
  /** Settled when the guard was told that an answer has ended. */
  ended = awaited<void>();
  /** What reached a handler. */
  seen: { readonly admission: Admission; readonly body?: unknown }[] = [];
  /** Of an answer in pieces. */
  pieces: (admission: CallAdmission) => AsyncIterable<string> = async function* () {};

  private constructor(desk: FrameworkDesk) {
    this.#desk = desk;
  }

  static async start(desk: FrameworkDesk, framework: string): Promise<FrameworkServer> {
    const server = new FrameworkServer(desk);
    const start = frameworks[framework] ?? parserFirst[framework];
    if (!start) throw new Error(`no server of ${framework}`);
    server.#running = await start(server.#guard(), {
      list: (admission) => {
        server.seen.push({ admission });
        return { subject: admission.token.subject };
      },
      call: (admission, body) => {
        server.seen.push({ admission, body });
        const { stream, throws } = body as { stream?: boolean; throws?: boolean };
        if (throws === true) throw new Error('a fault of ours');
        return stream === true
          ? server.pieces(admission)
          : { model: admission.call.model, id: admission.callId };
      },
    });
    return server;
  }

  /** The real guard, whose signal is in the test's hand. */
  #guard(): Guard {
    const { guard } = this.#desk;
    const watched = <Decision extends { readonly allowed: boolean }>(decision: Decision): Decision =>
      decision.allowed
        ? { ...decision, signal: this.revocation.signal, end: () => this.ended.settle() }
        : decision;
    return {
      ...guard,
      decide: async (...asked) => watched(await guard.decide(...asked)),
      authorizeCall: async (...asked) => watched(await guard.authorizeCall(...asked)),
    };
  }

  get url(): string {
    return this.#running?.url ?? '';
  }

  /** What the framework called errors of ours. */
  get errors(): unknown[] {
    return this.#running?.errors ?? [];
  }

  /** Forgets what other tests did. */
  reset(): void {
    this.revocation = new AbortController();
    this.ended = awaited<void>();
    this.seen = [];
    this.errors.length = 0;
  }

  async headersFor(
    method: string,
    path: string,
    token: string,
    by = this.#desk.key,
  ): Promise<Record<string, string>> {
    const claims = { method, url: new URL(path, gatewayA).href, accessToken: token };
    const parts = { clock: this.#desk.holdfast.clock, random: systemRandom };
    const headers = { authorization: `DPoP ${token}`, 'content-type': 'application/json' };
    // As a client learns it: by the challenge of an attempt without one.
    const without = { ...headers, dpop: await createProof(this.#desk.key, claims, parts) };
    const challenge = await (path === listPath
      ? sendAsIs(this.url + listPath, { headers: without })
      : this.send(without, '{"model":"echo"}'));
    const nonce = challenge.headers.get('dpop-nonce') ?? '';
    return { ...headers, dpop: await createProof(by, { ...claims, nonce }, parts) };
  }

  async list(token: string): Promise<Answer> {
    return sendAsIs(this.url + listPath, { headers: await this.headersFor('GET', listPath, token) });
  }

  /** Calls a model with a fresh proof, but for what `more` says. */
  async call(body: string, more: Record<string, string> = {}, by = this.#desk.key): Promise<Answer> {
    const headers = await this.headersFor('POST', callPath, await this.#desk.token(), by);
    return this.send({ ...headers, ...more }, body);
  }

  /** Calls a model with these headers as they are. */
  send(headers: Record<string, string>, body: string): Promise<Answer> {
    return sendAsIs(this.url + callPath, { method: 'POST', headers, body });
  }

  /** A call on a socket of its own, which the test can cut; without `length` in chunks. */
  async open(body: string, length?: number): Promise<ClientRequest> {
    const headers = await this.headersFor('POST', callPath, await this.#desk.token());
    const sized = length === undefined ? {} : { 'content-length': length };
    const options = { method: 'POST', headers: { ...headers, ...sized }, agent: false };
    const sent = httpRequest(this.url + callPath, options);
    sent.on('error', () => {});
    sent.write(body);
    return sent;
  }

  async close(): Promise<void> {
    await this.#running?.close();
  }
}
