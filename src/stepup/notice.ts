/** Tells a client that its request has an answer (CIBA §10.2). */
export interface PingNotice {
  readonly kind: 'ping';
  /** The client's backchannel_client_notification_endpoint. */
  readonly endpoint: string;
  /** The client's own bearer token. */
  readonly token: string;
  readonly authReqId: string;
}

/** Tells a person's browser that somebody asks her (RFC 8030). */
export interface PushNotice {
  readonly kind: 'push';
  /** The push service's address of one browser, and the keys that the text is encrypted for (RFC 8291). */
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
  readonly text: string;
}

/** What leaves by the notice outbox. */
export type Notice = PingNotice | PushNotice;

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
