import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import {
  startExampleGateway,
  type ExampleGateway,
  type ExampleGatewayOptions,
} from '../../examples/gateway/start.js';
import type { Upstream } from '../../examples/gateway/upstream-backend.js';
import { freePort } from '../../examples/support/free-port.js';
import { epochSeconds, type Clock } from '../../src/lib/clock.js';
import { sha256 } from '../../src/lib/hashing.js';
import { writeDollars } from '../../src/lib/money.js';
import { newAccessToken } from '../../src/lib/opaque-token.js';
import { systemRandom } from '../../src/lib/random.js';
import type { Logger } from '../../src/observability/logger.js';
import type { AccessTokenRecord } from '../../src/provider/access-token-store.js';
import { createProof, type ProofKey } from '../../src/proof/create-proof.js';
import type { Approval, ApprovalSubject } from '../../src/stepup/approval.js';
import type { GrantedModelCall, ModelCallRequest } from '../../src/stepup/model-call.js';
import type { Storage } from '../../src/storage/storage.js';
import { approvalRecord, approvalSubject, frontierCall } from './approvals.js';
import { gatewayA, secretOf } from './clients.js';
import type { Answer } from './device.js';
import { sendAsIs } from './raw-request.js';
import { accessToken, grant, storeFamily, unique, type Family } from './records.js';

const silent = (): void => {};
const logger: Logger = { debug: silent, info: silent, warn: silent, error: silent };
const path = 'v1/chat/completions';

interface Place {
  readonly clock: Clock;
  readonly storage: Storage;
}

interface Server extends Place {
  readonly issuer: string;
}

/** A person who has granted something to a client of the config. */
export async function storeCaller({ clock, storage }: Place, clientId = 'spa'): Promise<Family> {
  const family = await storeFamily(storage, clock);
  const grantId = unique('grant');
  await storage.grants.save(grant(clock, { id: grantId, clientId, accountId: family.accountId }));
  return { ...family, clientId, grantId };
}

/** A token whose row is made by hand: its facts are what is asked about, not how a login comes to them. */
export async function mintToken(
  { clock, storage }: Place,
  family: Family,
  facts: Partial<AccessTokenRecord> & { readonly approvals?: readonly GrantedModelCall[] } = {},
): Promise<string> {
  const { approvals, ...changes } = facts;
  const value = newAccessToken(systemRandom, changes.expiresAt ?? epochSeconds(clock) + 300);
  const record = accessToken(clock, family, {
    digest: sha256(value),
    audience: gatewayA,
    scope: 'model:call',
    payload: approvals === undefined ? {} : { rar: approvals },
    ...changes,
  });
  if (!(await storage.accessTokens.insert(record))) throw new Error('the token was not inserted');
  return value;
}

export interface GivenApproval {
  readonly approval: Approval;
  /** As it stands in a token. */
  readonly granted: GrantedModelCall;
}

/** An approval of the family's account for its client; `changes` make it somebody else's. */
export async function giveApproval(
  { clock, storage }: Place,
  { accountId, clientId }: Pick<Family, 'accountId' | 'clientId'>,
  limits: Partial<ModelCallRequest>,
  changes: Partial<ApprovalSubject>,
): Promise<GivenApproval> {
  const modelCall = { ...frontierCall, resource: gatewayA, ...limits };
  const subject = approvalSubject(accountId, clock, { clientId, modelCall, ...changes });
  const approval = approvalRecord(subject, clock);
  if (!(await storage.approvals.insert(approval, 0))) throw new Error('the approval was not inserted');
  const granted: GrantedModelCall = {
    type: 'model_call',
    approval_id: approval.id,
    locations: [gatewayA],
    tier: modelCall.tier,
    ...(modelCall.spendLimit !== undefined && {
      spend_limit: { currency: 'USD', amount: writeDollars(modelCall.spendLimit) },
    }),
    ...(modelCall.count !== undefined && { count: modelCall.count }),
    expires_at: subject.expiresAt,
  };
  return { approval, granted };
}

/** The example gateway in front of the server under test, and whoever calls its models. */
export class ModelGateway {
  readonly gateway: ExampleGateway;
  readonly #port: number;
  readonly #server: Server;
  #nonce: string | undefined;

  private constructor(gateway: ExampleGateway, port: number, server: Server) {
    this.gateway = gateway;
    this.#port = port;
    this.#server = server;
  }

  static async start(
    server: Server,
    upstream?: Upstream,
    more: Pick<ExampleGatewayOptions, 'streams' | 'feed'> = {},
  ): Promise<ModelGateway> {
    const port = await freePort();
    const gateway = await startExampleGateway({
      host: '127.0.0.1',
      port,
      issuer: server.issuer,
      resource: gatewayA,
      clientId: 'rs-a',
      clientSecret: secretOf('rs-a'),
      upstream,
      logger,
      clock: server.clock,
      random: systemRandom,
      ...more,
    });
    return new ModelGateway(gateway, port, server);
  }

  /** How many calls reached a model. */
  get served(): number {
    return this.gateway.meter.calls;
  }

  proof(key: ProofKey, token: string): Promise<string> {
    const claims = { method: 'POST', url: `${gatewayA}${path}`, accessToken: token };
    const nonce = this.#nonce === undefined ? {} : { nonce: this.#nonce };
    return createProof(key, { ...claims, ...nonce }, { clock: this.#server.clock, random: systemRandom });
  }

  /** Calls a model with a fresh proof and the gateway's nonce, or with `body` and `proof` as they are. */
  async call(
    { key, token }: { readonly key: ProofKey; readonly token: string },
    asked: { readonly model: string } & Record<string, unknown>,
    exact: { readonly body?: string; readonly proof?: string } = {},
  ): Promise<Answer> {
    await this.learnNonce();
    const dpop = exact.proof ?? (await this.proof(key, token));
    const messages = [{ role: 'user', content: 'hello' }];
    return sendAsIs(`http://127.0.0.1:${this.#port}/${path}`, {
      method: 'POST',
      headers: { authorization: `DPoP ${token}`, dpop, 'content-type': 'application/json' },
      body: exact.body ?? JSON.stringify({ messages, ...asked }),
    });
  }

  /** A streamed answer, as it begins. */
  async open(
    { key, token }: { readonly key: ProofKey; readonly token: string },
    asked: { readonly model: string; readonly prompt: string },
  ): Promise<IncomingMessage> {
    await this.learnNonce();
    const headers = { authorization: `DPoP ${token}`, dpop: await this.proof(key, token) };
    const sent = request(`http://127.0.0.1:${this.#port}/${path}`, { method: 'POST', headers, agent: false });
    const messages = [{ role: 'user', content: asked.prompt }];
    sent.end(JSON.stringify({ model: asked.model, stream: true, messages }));
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    if (answer.statusCode !== 200) throw new Error(`the stream was answered with ${answer.statusCode}`);
    return answer;
  }

  async learnNonce(): Promise<void> {
    const { headers } = await sendAsIs(`http://127.0.0.1:${this.#port}/${path}`, {
      method: 'POST',
      body: '',
    });
    this.#nonce = headers.get('dpop-nonce') ?? this.#nonce;
  }

  close(): Promise<void> {
    return this.gateway.close();
  }
}

/** An answer as a client app gets it, for `readChallenge`. */
export function asResponse({ status, headers, body }: Answer): Response {
  return new Response(JSON.stringify(body), { status, headers });
}
