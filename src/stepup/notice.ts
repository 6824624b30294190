import type { AccountId } from '../accounts/account.js';
import type { BackchannelRequestId } from './backchannel-request.js';
import type { PushMessage } from './push-message.js';
import type { PushSubscriptionId } from './push-subscription.js';

/** Tells a client that its request has an answer (CIBA §10.2). */
export interface PingNotice {
  readonly kind: 'ping';
  /** The client's backchannel_client_notification_endpoint. */
  readonly endpoint: string;
  /** The client's own bearer token. */
  readonly token: string;
  readonly authReqId: string;
}

/** Lets a person know that a client asks for her. Written for a phantom, too (law 6). */
export interface PersonNotice {
  readonly kind: 'person';
  readonly accountId: AccountId | undefined;
  /** Its id, and what it is called. */
  readonly client: string;
  readonly app: string;
  readonly request: BackchannelRequestId;
  /** Of the page where she answers; it holds the secret of the link. */
  readonly path: string;
  readonly asked: { readonly browser?: string; readonly place?: string };
  /** Seconds since the epoch. */
  readonly until: number;
}

/** Tells one of her browsers (RFC 8030). */
export interface PushNotice {
  readonly kind: 'push';
  readonly accountId: AccountId;
  readonly browser: PushSubscriptionId;
  readonly message: PushMessage;
  /** Seconds since the epoch. */
  readonly until: number;
}

/** What leaves by the notice outbox. */
export type Notice = PingNotice | PersonNotice | PushNotice;

/**
 * `gone`: nobody will ever take it there; no further try. Throws when a later try may do better.
 * Stops at the signal, after which the notice may be somebody else's.
 */
export type NoticeSender<Kind extends Notice> = (
  notice: Kind,
  signal: AbortSignal,
) => Promise<'sent' | 'gone'>;

/** One for each kind. */
export type NoticeSenders = {
  readonly [Kind in Notice['kind']]: NoticeSender<Extract<Notice, { readonly kind: Kind }>>;
};
