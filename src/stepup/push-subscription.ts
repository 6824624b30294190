import { createPublicKey } from 'node:crypto';
import type { AccountId } from '../accounts/account.js';
import type { Brand } from '../lib/brand.js';
import { isRecord } from '../lib/json.js';

/** SHA-256 of the endpoint in base64url; no secret: the endpoint can't be guessed from it. */
export type PushSubscriptionId = Brand<string, 'PushSubscriptionId'>;

/** Where a browser takes notifications, as `PushSubscription.toJSON()` says it (Push API §8). */
export interface PushTarget {
  /** Of a push service that the browser chose. Whoever knows it could send there, had he our key. */
  readonly endpoint: string;
  readonly keys: {
    /** The browser's public key (P-256, uncompressed), base64url. */
    readonly p256dh: string;
    /** 16 bytes, base64url (RFC 8291 §3.2). */
    readonly auth: string;
  };
}

/** A browser in which a person wants to hear of requests. */
export interface PushSubscription {
  readonly id: PushSubscriptionId;
  readonly accountId: AccountId;
  /** `Chrome on Android`, when it was turned on; undefined when it did not say. */
  readonly browser: string | undefined;
  readonly createdAt: Date;
  /** When a push service last took a message for it. */
  readonly lastDeliveredAt: Date | undefined;
}

const longestEndpoint = 1000;

/**
 * What the browser's script sent, as far as it can be a subscription; undefined otherwise.
 * @param plainHttp also endpoints on http: dangerously_allow_private_network_fetch
 */
export function readPushTarget(json: unknown, plainHttp: boolean): PushTarget | undefined {
  if (!isRecord(json) || !isRecord(json['keys'])) return undefined;
  const { endpoint, keys } = json;
  const { p256dh, auth } = keys as Record<string, unknown>;
  if (typeof endpoint !== 'string' || typeof p256dh !== 'string' || typeof auth !== 'string')
    return undefined;
  if (endpoint.length > longestEndpoint || !isAddress(endpoint, plainHttp)) return undefined;
  if (!isPoint(p256dh) || !/^[\w-]{22}(==)?$/.test(auth)) return undefined;
  return { endpoint, keys: { p256dh, auth } };
}

/** RFC 8030 §8: a push resource is an https URI. */
function isAddress(endpoint: string, plainHttp: boolean): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { protocol, username, password } = new URL(endpoint);
  return (protocol === 'https:' || (plainHttp && protocol === 'http:')) && username + password === '';
}

/** Whether it is a point of P-256 (RFC 8291 §3.1); another one would tell of our key what it must not. */
function isPoint(p256dh: string): boolean {
  const point = Buffer.from(p256dh, 'base64url');
  if (point.length !== 65 || point[0] !== 4) return false;
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'));
  try {
    createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y } as never, format: 'jwk' });
    return true;
  } catch {
    return false;
  }
}
