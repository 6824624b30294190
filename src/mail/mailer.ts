import type { Letter, LetterKind } from './letter.js';

/** Mails to people. */
export interface Mailer {
  /** False in production without a mail server: `send` does nothing then, and pages leave out what needs a mail. */
  readonly available: boolean;
  /**
   * Puts the letter, sealed, into the outbox, as part of the open transaction if there is one: the change and the mail
   * about it happen together. Delivery comes after that and nobody waits for it. Throws DatabaseUnavailable.
   */
  send<Kind extends LetterKind>(letter: Letter<Kind>): Promise<void>;
}
