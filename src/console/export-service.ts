import type { AccountEventStore } from '../accounts/account-event-store.js';
import type { AccountNews } from '../accounts/account-news.js';
import type { Account } from '../accounts/account.js';
import { type Confirmation, confirms } from '../accounts/confirmation.js';
import type { PasskeyService } from '../accounts/passkey-service.js';
import type { UpstreamIdentityStore } from '../accounts/upstream-identity-store.js';
import type { Device } from '../binding/device.js';
import type { DeviceStore } from '../binding/device-store.js';
import type { Clock } from '../lib/clock.js';
import type { SecurityEvents } from '../observability/events.js';
import type { OwnLegacyCredential } from '../resource/legacy-credential.js';
import type { PushService } from '../stepup/push-service.js';
import type { Approval } from '../stepup/approval.js';
import type { ConnectedAppsService } from './connected-apps-service.js';
import type { CuttingOffService } from './cutting-off-service.js';
import type { OldKeysService } from './old-keys-service.js';
import type { LivingApprovalsService } from './living-approvals-service.js';

export interface ExportPorts {
  readonly passkeys: PasskeyService;
  readonly apps: ConnectedAppsService;
  readonly cuttingOff: CuttingOffService;
  readonly livingApprovals: Pick<LivingApprovalsService, 'every'>;
  readonly accountEvents: AccountEventStore;
  readonly upstreamIdentities: UpstreamIdentityStore;
  readonly push: Pick<PushService, 'list'>;
  readonly devices: Pick<DeviceStore, 'listOf'>;
  readonly oldKeys: Pick<OldKeysService, 'list'>;
  readonly news: AccountNews;
  readonly events: Pick<SecurityEvents, 'accountExported'>;
  readonly clock: Clock;
  readonly issuer: string;
}

const mostEvents = 10_000;

/** Everything that we keep about a person, for herself (GDPR Art. 15 and 20). No secret is in it: we hold none in clear. */
export class ExportService {
  readonly #ports: ExportPorts;

  constructor(ports: ExportPorts) {
    this.#ports = ports;
  }

  async export(account: Account, confirmation: Confirmation): Promise<Record<string, unknown>> {
    const { news, events, clock, issuer } = this.#ports;
    const accountId = account.id;
    if (!confirms(confirmation, { accountId, action: 'export_data', target: '' })) {
      throw new Error('an account is to be exported by the confirmation of something else');
    }
    await news.tell(accountId, { kind: 'exported', letter: { kind: 'data_exported', values: {} } });
    events.accountExported({ accountId });
    return {
      exported_at: new Date(clock.now()).toISOString(),
      issuer,
      profile: profileOf(account),
      ...(await this.#belongings(account)),
    };
  }

  async #belongings({ id: accountId }: Account): Promise<Record<string, unknown>> {
    const { livingApprovals, oldKeys, passkeys, apps, cuttingOff, accountEvents } = this.#ports;
    const { upstreamIdentities, push, devices } = this.#ports;
    const browsers = await cuttingOff.browsers(accountId);
    const notified = await push.list(accountId);
    const identities = await upstreamIdentities.listOf(accountId);
    return {
      passkeys: (await passkeys.list(accountId)).map((passkey) => told(passkey)),
      connected_apps: (await apps.list(accountId)).map(({ clientId, name, host, allowed, since }) => ({
        client_id: clientId,
        name,
        host,
        since,
        scopes: allowed.oidcScopes,
        resources: allowed.resourceScopes,
      })),
      connected_identities: identities.map((identity) => told(identity, ['accountId'])),
      approvals: (await livingApprovals.every(accountId)).map(approvalTold),
      devices: (await devices.listOf(accountId)).map(deviceTold),
      signed_in_browsers: browsers.map((browser) => told(browser, ['uid'])),
      bearer_credentials: (await oldKeys.list(accountId)).map(oldKeyTold),
      notified_browsers: notified.map(({ browser, createdAt, lastDeliveredAt }) =>
        told({ browser, createdAt, lastDeliveredAt }),
      ),
      events: (await accountEvents.listOf(accountId, mostEvents)).map((event) =>
        told(event, ['id', 'accountId']),
      ),
    };
  }
}

/** Her assertion is the server's evidence; what it says is hers to read. */
function approvalTold({
  id,
  subject,
  createdAt,
  revokedAt,
  spent,
  calls,
}: Approval): Record<string, unknown> {
  const { modelCall, expiresAt, ...rest } = subject;
  return {
    id,
    ...told(rest, ['accountId', 'boundTo']),
    ...(modelCall && told(modelCall)),
    given_at: createdAt,
    ends_at: new Date(expiresAt * 1000),
    stopped_at: revokedAt,
    spent_micro_dollars: spent,
    calls,
  };
}

function deviceTold({ keys, ...device }: Device): Record<string, unknown> {
  return { ...told(device, ['accountId']), keys: keys.map((key) => told(key)) };
}

function oldKeyTold({ spent, ...key }: OwnLegacyCredential): Record<string, unknown> {
  return { ...told(key, ['digest']), spent_micro_dollars: spent };
}

function profileOf(account: Account): Record<string, unknown> {
  const { id, displayName, login, email, locale, createdAt, paidTiersHeldUntil } = account;
  return {
    account_id: id,
    display_name: displayName,
    login,
    email,
    locale,
    created_at: createdAt,
    paid_tiers_held_until: paidTiersHeldUntil,
  };
}

/** As we tell facts everywhere: in snake_case, without what is only ours. */
function told(facts: object, without: readonly string[] = []): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(facts)
      .filter(([name]) => !without.includes(name))
      .map(([name, value]) => [
        name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`),
        value as unknown,
      ]),
  );
}
