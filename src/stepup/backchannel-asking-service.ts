import type { AccountStore } from '../accounts/account-store.js';
import type { Account, AccountId } from '../accounts/account.js';
import type { AttemptKey, AttemptPace, AttemptStore } from '../accounts/attempt-store.js';
import type { CircumstancesSource } from '../accounts/circumstances.js';
import { addressBucket } from '../lib/address-bucket.js';
import { keyedDigest, sha256 } from '../lib/hashing.js';
import { foldMailAddress } from '../lib/mail-address.js';
import type { Random } from '../lib/random.js';
import { accepted, refusedFor, type Result } from '../lib/result.js';
import {
  newAuthReqId,
  newBackchannelRequestId,
  newLinkSecret,
  newMatchingNumber,
} from './backchannel-policy.js';
import type { BackchannelCourier } from './backchannel-courier.js';
import type { BackchannelRequest } from './backchannel-request.js';
import { numberDigest, personGate, type BackchannelPorts } from './backchannel-service.js';
import type { NoticeOutbox } from './notice-outbox.js';
import type { SecurityEvents } from '../observability/events.js';

/** What a client asks, validated. */
export interface Asking extends Pick<
  BackchannelRequest,
  'clientId' | 'scope' | 'resource' | 'modelCall' | 'acr' | 'bindingMessage' | 'jkt'
> {
  /** E-mail address, login or account id, as the client gave it. */
  readonly hint: string;
  /** Seconds that the client wants to wait. */
  readonly lifetime: number | undefined;
  /** Where the client wants to be told, and with which token; undefined: it polls. */
  readonly ping: { readonly endpoint: string; readonly token: string } | undefined;
  /** Address of a client that anybody may claim to be; undefined: it has authenticated itself. */
  readonly publicAt: string | undefined;
}

/** CIBA §7.3, and what lets the person know that it is hers. */
export interface Asked {
  readonly authReqId: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly interval: number;
  /** The asking side shows it, the person types it. */
  readonly matchingNumber: string;
  readonly approvalUri: string;
}

export interface BackchannelAskingPorts extends Pick<
  BackchannelPorts,
  'backchannelRequests' | 'backchannelGates' | 'transaction' | 'clock' | 'backchannelKey' | 'perHourPerPerson'
> {
  readonly accounts: Pick<AccountStore, 'find' | 'findByEmail' | 'findByLogin'>;
  readonly attempts: AttemptStore;
  readonly notices: Pick<NoticeOutbox, 'seal'>;
  readonly courier: BackchannelCourier;
  readonly circumstances: CircumstancesSource;
  readonly events: Pick<SecurityEvents, 'backchannelAsked'>;
  readonly random: Random;
  readonly issuer: string;
  /** Seconds. */
  readonly longestLife: number;
  readonly interval: number;
  readonly perHourPerNetwork: number;
}

const shortestLife = 30;
/** Requests beyond the allowance wait ten minutes, then twenty, at most an hour. */
const pace: AttemptPace = { firstWait: 600, longestWait: 3600, memory: 3600 };

/** The client's side of CIBA: it asks. Whether the hint names anybody is told by nothing that it sees (law 6). */
export class BackchannelAskingService {
  readonly #ports: BackchannelAskingPorts;

  constructor(ports: BackchannelAskingPorts) {
    this.#ports = ports;
  }

  /** Refused with `rate_limited` or `backchannel_busy`, and when to come back. Not to be called in a transaction. */
  async ask(asking: Asking): Promise<Result<Asked>> {
    const { attempts, transaction, clock } = this.#ports;
    const account = await this.#find(asking.hint);
    const counted = this.#counted(asking);
    const wait = await attempts.take(counted, pace, new Date(clock.now()));
    if (wait > 0) return refusedFor(Math.ceil(wait), 'requests to one person, or of one network');
    const asked = await transaction.run(() => this.#open(asking, account, counted));
    // Or a client that can't wait would use up what others have.
    if (!asked.ok) await attempts.forgive([], counted, new Date(clock.now()));
    return asked;
  }

  async #open(
    asking: Asking,
    account: Account | undefined,
    [budget]: readonly AttemptKey[],
  ): Promise<Result<Asked>> {
    const {
      backchannelGates,
      backchannelRequests,
      backchannelKey: key,
      random,
      clock,
      courier,
    } = this.#ports;
    const lifetime = Math.max(shortestLife, Math.min(asking.lifetime ?? Infinity, this.#ports.longestLife));
    const now = new Date(clock.now());
    const expiresAt = new Date(clock.now() + lifetime * 1000);
    const hintGate = this.#digest('hint', asking.clientId, asking.hint);
    const shut = await backchannelGates.pass(hintGate, expiresAt, now);
    if (shut) return busyUntil(shut, now);
    const id = newBackchannelRequestId(random);
    // Under another name for her the client may neither ask her twice nor learn that it is she: it gets a phantom.
    const herGate = personGate(key, asking.clientId, account?.id ?? `nobody ${id}`);
    const elsewhere = await backchannelGates.pass(herGate, expiresAt, now);
    const accountId = elsewhere ? undefined : account?.id;
    const secrets = {
      authReqId: newAuthReqId(random),
      link: newLinkSecret(random),
      number: newMatchingNumber(random),
    };
    const request: BackchannelRequest = {
      id,
      accountId,
      clientId: asking.clientId,
      scope: asking.scope,
      resource: asking.resource,
      modelCall: asking.modelCall,
      acr: asking.acr,
      bindingMessage: asking.bindingMessage,
      jkt: asking.jkt,
      asked: this.#ports.circumstances(),
      createdAt: now,
      expiresAt,
      state: 'pending',
      endedBy: undefined,
    };
    await backchannelRequests.insert({
      ...request,
      authReqDigest: sha256(secrets.authReqId),
      linkDigest: sha256(secrets.link),
      numberDigest: numberDigest(key, id, secrets.number),
      hintGate,
      personGate: elsewhere ? this.#digest('nobody', id) : herGate,
      budget: budget?.digest ?? hintGate,
      sealedPing: await this.#sealedPing(asking, secrets.authReqId),
      interval: this.#ports.interval,
    });
    const approvalUri = `${this.#ports.issuer}/approve/${secrets.link}`;
    await courier(request, approvalUri);
    this.#ports.events.backchannelAsked({ accountId, clientId: asking.clientId, request: id });
    return accepted({
      authReqId: secrets.authReqId,
      expiresIn: lifetime,
      interval: this.#ports.interval,
      matchingNumber: secrets.number,
      approvalUri,
    });
  }

  /** The same three statements for whatever is asked; a disabled account is nobody. */
  async #find(hint: string): Promise<Account | undefined> {
    const { accounts } = this.#ports;
    const found = [
      await accounts.findByEmail(hint),
      await accounts.findByLogin(hint),
      await accounts.find(hint as AccountId),
    ].find((each) => each !== undefined);
    return found?.disabledAt === undefined ? found : undefined;
  }

  /** First the person over all clients, by hint; then the network of a client that anybody may claim to be. */
  #counted({ hint, publicAt }: Asking): AttemptKey[] {
    const { perHourPerPerson, perHourPerNetwork } = this.#ports;
    const person = { digest: this.#digest('asked', hint), allowance: perHourPerPerson };
    if (publicAt === undefined) return [person];
    const network = this.#digest('network', addressBucket(publicAt));
    return [person, { digest: network, allowance: perHourPerNetwork }];
  }

  async #sealedPing({ ping }: Asking, authReqId: string): Promise<string | undefined> {
    return ping && (await this.#ports.notices.seal({ kind: 'ping', authReqId, ...ping }));
  }

  /** Whatever one address can be written as is one hint, or each of its spellings would have a budget of its own. */
  #digest(...what: readonly string[]): Buffer {
    return keyedDigest(this.#ports.backchannelKey, JSON.stringify(what.map(foldMailAddress)));
  }
}

function busyUntil(until: Date, now: Date): Result<never> {
  const retryAfter = Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000));
  const detail = `one request at a time: wait ${retryAfter} s`;
  return { ok: false, refusal: { code: 'backchannel_busy', detail, retryAfter } };
}
