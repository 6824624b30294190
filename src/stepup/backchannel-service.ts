import type { AccountId } from '../accounts/account.js';
import type { AttemptStore } from '../accounts/attempt-store.js';
import type { Clock } from '../lib/clock.js';
import { keyedDigest, sha256 } from '../lib/hashing.js';
import type { Transaction } from '../lib/transaction.js';
import type { SecurityEvents } from '../observability/events.js';
import type { BackchannelGateStore, GateClosing } from './backchannel-gate-store.js';
import {
  denialMemory,
  denialWaits,
  isLinkSecret,
  isStrongEnough,
  mostNumberTries,
  readNumber,
} from './backchannel-policy.js';
import type { BackchannelEnd, BackchannelRequest, BackchannelRequestId } from './backchannel-request.js';
import type {
  BackchannelRequestStore,
  Consent,
  FoundBackchannelRequest,
} from './backchannel-request-store.js';
import type { NoticeOutbox } from './notice-outbox.js';

/** Cuts a client off from an account, and tells the owner; called in the transaction of what it is about. */
export type CutOff = (accountId: AccountId, clientId: string, at: Date) => Promise<void>;

export interface BackchannelPorts {
  readonly backchannelRequests: BackchannelRequestStore;
  readonly backchannelGates: BackchannelGateStore;
  readonly transaction: Transaction;
  readonly attempts: Pick<AttemptStore, 'forgive'>;
  readonly notices: Pick<NoticeOutbox, 'put'>;
  readonly cutOff: CutOff;
  readonly events: Pick<SecurityEvents, 'backchannelDecided' | 'backchannelDisowned'>;
  readonly clock: Clock;
  /** 32 bytes: numbers and gates are kept by keyed digest. */
  readonly backchannelKey: Uint8Array;
  /** How many requests to one person are free. */
  readonly perHourPerPerson: number;
  /** Seconds for which a client that a person disowned may not ask her again. */
  readonly blockSeconds: number;
}

const opening: GateClosing = { kind: 'open' };
const denying: GateClosing = { kind: 'denied', waits: denialWaits, forgetAfter: denialMemory };

/** The account that nobody has: what concerns a phantom is done to it, so that a phantom costs what a person costs. */
const nobody = 'acc_nobody' as AccountId;

class NotApproved extends Error {}

/**
 * The person's side of CIBA: she finds a request, types its number, approves, denies or disowns it. Each change happens
 * once, only while the request waits, and the client's ping is written with it. A phantom behaves the same, but nobody
 * is the account that it is for.
 */
export class BackchannelService {
  readonly #ports: BackchannelPorts;

  constructor(ports: BackchannelPorts) {
    this.#ports = ports;
  }

  /** What the secret of a link leads to, over or not. Undefined: nothing. */
  async findByLink(secret: string): Promise<FoundBackchannelRequest | undefined> {
    if (!isLinkSecret(secret)) return undefined;
    return this.#ports.backchannelRequests.findByLink(sha256(secret));
  }

  /** For the pages of its account, which need no link. Of another account: undefined. */
  async findOf(accountId: AccountId, id: BackchannelRequestId): Promise<FoundBackchannelRequest | undefined> {
    const found = await this.#ports.backchannelRequests.find(id);
    return found?.accountId === accountId ? found : undefined;
  }

  /** Those that wait for her, newest first. */
  listPending(accountId: AccountId): Promise<BackchannelRequest[]> {
    return this.#ports.backchannelRequests.listPending(accountId, this.#now());
  }

  /**
   * The number that the asking side shows (threat 15: who did not ask can't type it). The third wrong one ends the
   * request. It only says that the number is right; approving asks for it again.
   */
  async tryNumber({ id }: BackchannelRequest, typed: string): Promise<'right' | 'wrong' | 'ended' | 'gone'> {
    const { transaction, backchannelRequests } = this.#ports;
    const at = { now: this.#now(), mostTries: mostNumberTries };
    return transaction.run(async () => {
      const outcome = await backchannelRequests.tryNumber(id, this.#numberDigest(id, typed), at);
      if (outcome === 'ended') await this.#finish(id, denying, 'number');
      return outcome;
    });
  }

  /**
   * @param typed the number, again
   * @param consent verifies her assertion and stores grant and approval. It runs in the transaction of the change and
   *   is undone unless the answer is `approved`
   * @returns `unmet`: her sign-in was weaker than the client demands, which ends the request; `gone`: it did not wait
   *   for her any more, the number was wrong, or it is another account's
   */
  async approve(
    { id }: BackchannelRequest,
    typed: string,
    consent: () => Promise<Consent>,
  ): Promise<'approved' | 'unmet' | 'gone'> {
    const { transaction, backchannelRequests } = this.#ports;
    let unmet = false;
    try {
      await transaction.run(async () => {
        const at = { now: this.#now(), mostTries: mostNumberTries };
        const request = await backchannelRequests.find(id);
        const given = await consent();
        unmet = request !== undefined && !isStrongEnough(given.authentication.acr, request.acr);
        const digest = this.#numberDigest(id, typed);
        if (unmet || !(await backchannelRequests.approve(id, digest, given, at))) throw new NotApproved();
        await this.#finish(id, opening, 'approved');
      });
      return 'approved';
    } catch (error) {
      if (!(error instanceof NotApproved)) throw error;
    }
    if (!unmet) return 'gone';
    return (await this.deny({ id }, 'strength')) ? 'unmet' : 'gone';
  }

  /** False: it did not wait any more. */
  async deny({ id }: Pick<BackchannelRequest, 'id'>, by: BackchannelEnd = 'person'): Promise<boolean> {
    const { transaction, backchannelRequests } = this.#ports;
    return transaction.run(async () => {
      if (!(await backchannelRequests.deny(id, by, this.#now()))) return false;
      await this.#finish(id, denying, by);
      return true;
    });
  }

  /**
   * "I didn't ask for this" (threat 15): ends all that the client has waiting for her, its grants, and for a while its
   * asking. False: the request did not wait any more; the client is cut off nevertheless.
   */
  async notMe(request: BackchannelRequest): Promise<boolean> {
    const { transaction, backchannelRequests, backchannelGates, cutOff, events, clock } = this.#ports;
    const { id, clientId } = request;
    const accountId = request.accountId ?? nobody;
    const now = this.#now();
    const blocked: GateClosing = {
      kind: 'blocked',
      until: new Date(clock.now() + this.#ports.blockSeconds * 1000),
    };
    const ended = await transaction.run(async () => {
      const disowned =
        request.accountId === undefined
          ? await backchannelRequests.disownPhantom(id, now)
          : await backchannelRequests.disown(accountId, clientId, now);
      for (const each of disowned) await this.#close(each, blocked);
      await backchannelGates.close(this.#personGate(clientId, accountId), blocked, now);
      await cutOff(accountId, clientId, now);
      return disowned.some((each) => each.id === id);
    });
    events.backchannelDisowned({ accountId: request.accountId, clientId, request: id });
    return ended;
  }

  async #finish(id: BackchannelRequestId, how: GateClosing, outcome: string): Promise<void> {
    const request = await this.#ports.backchannelRequests.find(id);
    if (!request) return;
    await this.#close(request, how);
    const { accountId, clientId } = request;
    this.#ports.events.backchannelDecided({ accountId, clientId, request: id, outcome });
  }

  async #close(request: FoundBackchannelRequest, how: GateClosing): Promise<void> {
    const { attempts, backchannelGates, notices } = this.#ports;
    const now = this.#now();
    await backchannelGates.close(request.hintGate, how, now);
    await backchannelGates.close(request.personGate, how, now);
    // CIBA §10.2: the client is told that there is an answer, whichever it is.
    if (how === opening)
      await attempts.forgive([], [{ digest: request.budget, allowance: this.#ports.perHourPerPerson }], now);
    if (request.sealedPing !== undefined) await notices.put(request.sealedPing, request.expiresAt);
  }

  #numberDigest(id: BackchannelRequestId, typed: string): Buffer {
    return numberDigest(this.#ports.backchannelKey, id, readNumber(typed) ?? '');
  }

  #personGate(clientId: string, accountId: AccountId): Buffer {
    return personGate(this.#ports.backchannelKey, clientId, accountId);
  }

  #now(): Date {
    return new Date(this.#ports.clock.now());
  }
}

export function numberDigest(key: Uint8Array, id: BackchannelRequestId, number: string): Buffer {
  return keyedDigest(key, JSON.stringify(['number', id, number]));
}

export function personGate(key: Uint8Array, clientId: string, accountId: string): Buffer {
  return keyedDigest(key, JSON.stringify(['person', clientId, accountId]));
}
