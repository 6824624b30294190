import { randomBytes } from 'node:crypto';
import { type AccountId, newAccount } from '../../src/accounts/account.js';
import type { Acr } from '../../src/accounts/authentication.js';
import type { ConfigFile } from '../../src/config/schema.js';
import { deriveKey } from '../../src/lib/hashing.js';
import { systemRandom } from '../../src/lib/random.js';
import type { ApprovalId } from '../../src/stepup/approval.js';
import type { BackchannelRequest } from '../../src/stepup/backchannel-request.js';
import { BackchannelService } from '../../src/stepup/backchannel-service.js';
import { NoticeOutbox } from '../../src/stepup/notice-outbox.js';
import { gatewayA, secretOf, testClients } from './clients.js';
import { basic, Device, type Answer } from './device.js';
import type { Holdfast } from './harness.js';

export const ciba = 'urn:openid:params:grant-type:ciba';

/** A confidential client of this id that asks people elsewhere; `more` of its metadata. */
export function agent(client_id: string, more: Record<string, unknown> = {}) {
  return {
    client_id,
    client_name: `Agent ${client_id}`,
    ...(more['token_endpoint_auth_method'] === 'none' ? {} : { client_secret: secretOf(client_id) }),
    redirect_uris: [],
    response_types: [],
    grant_types: [ciba, 'refresh_token'],
    backchannel_token_delivery_mode: 'poll',
    authorization_details_types: ['model_call'],
    ...more,
  };
}

/** Clients that ask people elsewhere, beside those of every test server. */
export const agents: ConfigFile = {
  clients: [
    ...testClients,
    agent('agent'),
    agent('other-agent'),
    agent('pinged', {
      backchannel_token_delivery_mode: 'ping',
      backchannel_client_notification_endpoint: 'https://localhost:6199/ping',
    }),
    agent('known-public', {
      token_endpoint_auth_method: 'none',
      allowed_cors_origins: ['https://app.test'],
    }),
    agent('plain-agent', { authorization_details_types: [] }),
    agent('unknown-public', { token_endpoint_auth_method: 'none' }),
    agent('identity-agent', { dpop_bound_access_tokens: false }),
  ],
  backchannel: { public_clients: ['known-public'] },
};

/** A client's side of a request, and what the person would do about it, without her pages. */
export class BackchannelDesk {
  readonly device: Device;
  readonly service: BackchannelService;
  readonly #holdfast: Holdfast;

  private constructor(holdfast: Holdfast, device: Device) {
    this.#holdfast = holdfast;
    this.device = device;
    const { storage, clock, masterKey } = holdfast;
    this.service = new BackchannelService({
      ...storage,
      clock,
      notices: new NoticeOutbox({
        store: storage.noticeOutbox,
        key: deriveKey(masterKey, 'notices'),
        clock,
        random: systemRandom,
        committed: () => {},
      }),
      events: { backchannelDecided: () => {}, backchannelDisowned: () => {} },
      cutOff: async (accountId, clientId, at) =>
        void (await storage.grants.revokeOf(accountId, clientId, at)),
      backchannelKey: deriveKey(masterKey, 'backchannel requests'),
      perHourPerPerson: 20,
      blockSeconds: 86_400,
    });
  }

  static async open(holdfast: Holdfast): Promise<BackchannelDesk> {
    return new BackchannelDesk(holdfast, await Device.create(holdfast.clock));
  }

  /** Somebody with an account and an address. */
  async person(): Promise<{ accountId: AccountId; email: string }> {
    const accountId = `acc_${randomBytes(11).toString('hex')}` as AccountId;
    const email = `person.${randomBytes(6).toString('hex')}@example.test`;
    await this.#holdfast.storage.accounts.insert({ ...newAccount(accountId, new Date(0)), email });
    return { accountId, email };
  }

  /** Posts to /backchannel as `client_id` of the form, or as `agent`; `from` is where a trusted proxy saw it. */
  ask(form: Record<string, string>, device = this.device, from?: string): Promise<Answer> {
    const request = this.#as('/backchannel', { scope: 'openid offline_access model:call', ...form });
    const seen = from === undefined ? {} : { 'x-forwarded-for': from };
    return device.post({ ...request, headers: { ...request.headers, ...seen } });
  }

  poll(authReqId: unknown, { client_id = 'agent', device = this.device } = {}): Promise<Answer> {
    const form = { grant_type: ciba, auth_req_id: String(authReqId), client_id };
    return device.post(this.#as('/token', form));
  }

  async requestOf({ body }: Answer): Promise<BackchannelRequest> {
    const secret = String(body['approval_uri']).split('/').at(-1) ?? '';
    const request = await this.service.findByLink(secret);
    if (!request) throw new Error('the link leads nowhere');
    return request;
  }

  /** She types the number and approves; `changes` of what she gives. */
  async approve(
    asked: Answer,
    {
      acr = 'urn:holdfast:acr:phr' as Acr,
      generation = 0,
      approvalId = undefined as ApprovalId | undefined,
    } = {},
  ): Promise<'approved' | 'unmet' | 'gone'> {
    const request = await this.requestOf(asked);
    const accountId = request.accountId ?? ('acc_stranger' as AccountId);
    return this.service.approve(request, String(asked.body['matching_number']), async () => ({
      grantId: await this.#grant(request, accountId),
      approvalId,
      authentication: {
        accountId,
        accountGeneration: generation,
        acr,
        amr: ['pop', 'user', 'mfa'],
        authTime: Math.floor(this.#holdfast.clock.now() / 1000),
      },
    }));
  }

  async #grant({ clientId, scope }: BackchannelRequest, accountId: AccountId): Promise<string> {
    const id = randomBytes(16).toString('hex');
    const expiresAt = Math.floor(this.#holdfast.clock.now() / 1000) + 86_400;
    const payload = {
      kind: 'Grant',
      accountId,
      clientId,
      exp: expiresAt,
      openid: { scope },
      resources: { [gatewayA]: 'model:call model:read' },
    };
    await this.#holdfast.storage.grants.save({ id, clientId, accountId, issuedAt: 0, expiresAt, payload });
    return id;
  }

  #as(path: string, { client_id = 'agent', ...form }: Record<string, string>) {
    const isPublic = client_id.endsWith('-public');
    return {
      url: `${this.#holdfast.issuer}${path}`,
      form: isPublic ? { ...form, client_id } : form,
      ...(isPublic ? {} : { headers: basic(client_id, secretOf(client_id)) }),
    };
  }
}
