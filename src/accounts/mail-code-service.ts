import type { Clock } from '../lib/clock.js';
import { keyedDigest, sha256 } from '../lib/hashing.js';
import type { Random } from '../lib/random.js';
import { accepted, refused, refusedFor, type Result } from '../lib/result.js';
import type { Asker, AttemptLimits } from './attempt-limits.js';
import { mostCodes, mostTries, newMailCode, readMailCode } from './mail-code-policy.js';
import type { MailCodeStore } from './mail-code-store.js';

/** All that a code is good for; it works for nothing else. */
export interface MailCodeTarget {
  readonly purpose: 'sign_up' | 'recovery' | 'change_address';
  /** The interaction's uid, or the session's. */
  readonly boundTo: string;
  /** Where it is sent: folded. */
  readonly address: string;
}

export interface MailCodePorts {
  readonly mailCodes: MailCodeStore;
  readonly limits: Pick<AttemptLimits, 'take' | 'succeeded'>;
  /** deriveKey(master, 'mail codes') */
  readonly key: Uint8Array;
  /** Seconds. */
  readonly lifetime: number;
  readonly random: Random;
  readonly clock: Clock;
}

/** Makes the codes that are mailed to a person, and takes each back at most once. */
export class MailCodeService {
  readonly #ports: MailCodePorts;

  constructor(ports: MailCodePorts) {
    this.#ports = ports;
  }

  /** Whole minutes that a code is good, for the mail. */
  get minutes(): number {
    return Math.floor(this.#ports.lifetime / 60);
  }

  /**
   * A new code, which voids the one before. `mail_code_limit` when this thing had too many.
   * @param works false: what is stored fits no code, by the same statement (law 6)
   */
  async make(target: MailCodeTarget, works: boolean): Promise<Result<string>> {
    const { mailCodes, random, clock, lifetime } = this.#ports;
    const code = newMailCode(random);
    const digest = this.#digest(target, works ? code : random.bytes(32).toString('base64url'));
    const expiresAt = new Date(clock.now() + lifetime * 1000);
    const stored = await mailCodes.put({ boundTo: placeOf(target), digest, expiresAt }, mostCodes);
    return stored
      ? accepted(code)
      : refused('mail_code_limit', `${mostCodes} codes were made for one sign-in`);
  }

  /**
   * NIST SP 800-63B-4 §3.1.3.2: a code is valid once and for ten minutes at most. `mail_code_wrong`,
   * `mail_code_gone`, or `rate_limited` with the seconds to wait in the detail.
   */
  async take(target: MailCodeTarget, typed: string, asker: Asker): Promise<Result<undefined>> {
    const { mailCodes, limits, clock } = this.#ports;
    const code = readMailCode(typed);
    if (code === undefined) return refused('mail_code_wrong', 'what was typed is no code');
    const attempt = { ...asker, kind: 'mail_code', subject: target.address } as const;
    const wait = await limits.take(attempt);
    if (wait !== undefined) return refusedFor(wait, 'mail codes');
    const digest = this.#digest(target, code);
    const taken = await mailCodes.take(
      { boundTo: placeOf(target), digest },
      { now: new Date(clock.now()), mostTries },
    );
    if (taken === 'wrong') return refused('mail_code_wrong', 'the code is another');
    if (taken === 'gone') return refused('mail_code_gone', 'the code is expired, used or tried too often');
    await limits.succeeded(attempt);
    return accepted(undefined);
  }

  #digest(target: MailCodeTarget, code: string): Buffer {
    const { purpose, boundTo, address } = target;
    return keyedDigest(this.#ports.key, JSON.stringify([purpose, boundTo, address, code]));
  }
}

function placeOf({ purpose, boundTo }: MailCodeTarget): Buffer {
  return sha256(JSON.stringify([purpose, boundTo]));
}
