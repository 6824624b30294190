import type { LetterKind } from './letter.js';

/** A mail as it goes over the wire. */
export interface MailMessage {
  /** The same at every attempt, so that a mailbox shows one that came twice once. */
  readonly id: string;
  readonly kind: LetterKind;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** BCP 47. */
  readonly locale: string;
  readonly writtenAt: Date;
}

/** What takes mails: a server, or in development a folder. */
export interface MailTransport {
  /** Resolves once the mail is in other hands. Rejects with whatever the server answered. */
  deliver(message: MailMessage): Promise<void>;
  close(): void;
}
