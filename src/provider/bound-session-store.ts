import type { AccountId } from '../accounts/account.js';
import type { Circumstances } from '../accounts/circumstances.js';
import type { DeviceKey } from '../dbsc/device-key.js';

/** A login session that one device holds by a key of its own (Device Bound Session Credentials). */
export interface BoundSession extends Circumstances {
  /** Names it between browser and server; no secret. */
  readonly id: string;
  readonly sessionUid: string;
  readonly key: DeviceKey;
  /** How often the device has proven itself since the registration: each proof answers the challenge of its turn. */
  readonly turn: number;
  readonly turnedAt: Date;
  readonly accountId: string | undefined;
}

export interface Registration extends Circumstances {
  readonly id: string;
  readonly sessionUid: string;
  /** Of the id in the session's cookie, where it came. */
  readonly digest: Uint8Array | undefined;
  /** Whose login the browser was offered to bind; a later one is another. */
  readonly signedInAt: Date;
  readonly key: DeviceKey;
  readonly at: Date;
}

export interface BoundSessionAt extends BoundSession {
  /** The session is neither ended nor idle nor revoked. */
  readonly alive: boolean;
  /** Which session the cookie beside the request names: this one, another live one, or none. */
  readonly presented: 'this' | 'another' | 'unknown';
}

export interface Turn extends Circumstances {
  readonly id: string;
  /** The one that the proof has answered. */
  readonly turn: number;
  readonly at: Date;
}

/** Where and with what browser a device was when it last proved itself. */
export interface LastProof extends Circumstances {
  readonly id: string;
  readonly sessionUid: string;
  readonly accountId: string;
  readonly turn: number;
}

export interface Suspected {
  /** When the first doubt came up since the device's last proof. */
  readonly since: Date;
  /** This is it. */
  readonly first: boolean;
}

export interface BoundSessionStore {
  /**
   * Whose session it is; undefined when it is gone, or a device holds it already: the first key wins, once, over all
   * nodes.
   */
  register(registration: Registration): Promise<AccountId | undefined>;
  find(
    id: string,
    asked: { readonly digest: Uint8Array; readonly at: Date; readonly idleSeconds: number },
  ): Promise<BoundSessionAt | undefined>;
  /** Goes on to the next turn; false when somebody else has done so. */
  advance(turn: Turn): Promise<boolean>;
  /** The binding of a login session; what its key is called alone. */
  findOfSession(
    sessionUid: string,
  ): Promise<{ readonly id: string; readonly thumbprint: string } | undefined>;
  /** Undefined when the session has ended. */
  lastProof(id: string): Promise<LastProof | undefined>;
  /** Undefined when the device has proven itself meanwhile. */
  suspect(doubt: {
    readonly id: string;
    readonly turn: number;
    readonly at: Date;
  }): Promise<Suspected | undefined>;
  /** Counts a proof that does not hold; how many there were since the last one that did. */
  countFailure(id: string): Promise<number>;
}
