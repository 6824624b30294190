import type { AccountEventLog } from '../accounts/account-event-log.js';
import type { AccountId } from '../accounts/account.js';
import type { CircumstancesSource } from '../accounts/circumstances.js';
import type { Clock } from '../lib/clock.js';
import { sha256 } from '../lib/hashing.js';
import { accepted, refused, type Result } from '../lib/result.js';
import { open, seal } from '../lib/seal.js';
import type { PushMessage } from './push-message.js';
import type { PushOutcome, PushSender } from './push-sender.js';
import {
  type PushSubscription,
  type PushSubscriptionId,
  type PushTarget,
  readPushTarget,
} from './push-subscription.js';
import type { PushSubscriptionStore, SealedPushSubscription } from './push-subscription-store.js';
import type { VapidKeys } from './vapid-keys.js';

export interface PushPorts {
  readonly subscriptions: PushSubscriptionStore;
  readonly sender: Pick<PushSender, 'send'>;
  readonly keys: () => Promise<VapidKeys>;
  readonly log: Pick<AccountEventLog, 'record'>;
  readonly circumstances: CircumstancesSource;
  /** deriveKey(master, 'push') */
  readonly key: Uint8Array;
  /** dangerously_allow_private_network_fetch */
  readonly plainHttp: boolean;
  readonly clock: Clock;
}

const most = 10;

/** Notifications in the browsers of a person. */
export class PushService {
  readonly #ports: PushPorts;

  constructor(ports: PushPorts) {
    this.#ports = ports;
  }

  /** What a browser's subscription is tied to: nobody without its other half can send there. */
  async applicationServerKey(): Promise<string> {
    return (await this.#ports.keys()).publicKey;
  }

  list(accountId: AccountId): Promise<readonly PushSubscription[]> {
    return this.#ports.subscriptions.listOf(accountId);
  }

  /** @param json what the browser's script sent */
  async turnOn(accountId: AccountId, json: unknown): Promise<Result<PushSubscriptionId>> {
    const { subscriptions, log, circumstances, key, plainHttp, clock } = this.#ports;
    const target = readPushTarget(json, plainHttp);
    if (!target) return refused('notifications_refused', 'that is no subscription of a browser');
    const id = sha256(target.endpoint).toString('base64url') as PushSubscriptionId;
    const sealed = await seal(key, JSON.stringify(target));
    const { browser } = circumstances();
    const createdAt = new Date(clock.now());
    await subscriptions.put({ id, accountId, sealed, browser, createdAt, lastDeliveredAt: undefined }, most);
    await log.record(accountId, 'notifications_turned_on');
    return accepted(id);
  }

  /** False when it was off already. */
  turnOff(accountId: AccountId, id: string): Promise<boolean> {
    return this.#ports.subscriptions.remove(accountId, id as PushSubscriptionId);
  }

  /** To one of her browsers; a browser that takes no more is forgotten. */
  async deliver(
    accountId: AccountId,
    id: PushSubscriptionId,
    { message, until }: { readonly message: PushMessage; readonly until: Date },
  ): Promise<PushOutcome> {
    const { subscriptions, sender, clock } = this.#ports;
    const subscription = (await subscriptions.listOf(accountId)).find((each) => each.id === id);
    const target = subscription && (await this.#targetOf(subscription));
    const outcome = target ? await sender.send(target, message, until) : 'gone';
    if (outcome === 'gone') await subscriptions.remove(accountId, id);
    if (outcome === 'delivered') await subscriptions.recordDelivery(id, new Date(clock.now()));
    return outcome;
  }

  /** Undefined when it was sealed under another master key. */
  async #targetOf({ sealed }: SealedPushSubscription): Promise<PushTarget | undefined> {
    try {
      return JSON.parse(await open(this.#ports.key, sealed)) as PushTarget;
    } catch {
      return undefined;
    }
  }
}
