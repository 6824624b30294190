import type { UpstreamPerson } from './upstream-person.js';

/** What a checked token of a trusted issuer says. */
export interface SubjectToken {
  readonly issuer: string;
  /** As the account page calls the issuer. */
  readonly issuerName: string;
  readonly person: UpstreamPerson;
  /** The session there, where the issuer names one. */
  readonly sid: string | undefined;
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  /** By when the token is refused whatever comes; seconds since the epoch. */
  readonly goodUntil: number;
  /** What makes it this token and no other: its `jti`, else the token itself. Never kept but by digest. */
  readonly identity: string;
  /** The key that alone may exchange it, where the token names one. */
  readonly key: string | undefined;
}
