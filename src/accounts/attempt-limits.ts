/** What is guessed at. */
export type AttemptKind = 'mail_code' | 'recovery_code';

/** Who asks: strangers are told apart by their network, browsers that the account knows by themselves. */
export interface Asker {
  /** The client's address; counted as its /64 when it is IPv6. */
  readonly address: string;
  /**
   * What the cookie of known browsers holds, as it came. One that has signed in to this very account before has a
   * budget of its own, which strangers can't use up.
   */
  readonly browser?: string | undefined;
}

export interface Attempt extends Asker {
  readonly kind: AttemptKind;
  /** What is guessed at belongs to: an account's id or, whether it has an account or not, a folded e-mail address. */
  readonly subject: string;
}

/**
 * Limits that slow down whoever guesses (NIST SP 800-63B-4 §3.2.2) and never lock the owner out: they hold for mail
 * codes and recovery codes only, so her passkey always works, and her known browsers have a budget of their own.
 * Counted in the database, over all nodes. Never call them inside a transaction: a rollback would forget the try.
 */
export interface AttemptLimits {
  /**
   * Counts a try as a failure before it is looked at, so that parallel ones can't slip by.
   * @returns seconds to wait when it must not be looked at (`rate_limited`, Retry-After), else undefined
   */
  take(attempt: Attempt): Promise<number | undefined>;
  /** The try was right: the failures of this asker at this subject are forgotten. */
  succeeded(attempt: Attempt): Promise<void>;
  /**
   * Counts a mail that somebody who is not signed in wants sent to `to` (a folded address, with an account or not).
   * @returns false when it is one too many: send it with `withheld`, and answer the same
   */
  takeMail(to: string, asker: Asker): Promise<boolean>;
}
