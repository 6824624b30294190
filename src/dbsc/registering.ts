import type { Clock } from '../lib/clock.js';
import type { Random } from '../lib/random.js';
import { accepted, refused, type Result } from '../lib/result.js';
import type { DeviceSession } from './device-session.js';
import type { DeviceSessionEvent } from './device-session-event.js';
import type { DeviceSessionStore } from './device-session-store.js';
import type { Offers } from './offers.js';
import { verifyRegistration, type ProvenRegistration } from './response.js';

export interface RegisteringOptions {
  readonly origin: string;
  readonly registerPath: string;
  readonly store: DeviceSessionStore;
  readonly offers: Offers;
  readonly clock: Clock;
  readonly random: Random;
  readonly onEvent: (event: DeviceSessionEvent) => void;
}

/** Binds a session to the key of the browser that it was offered to; `owner`: whose cookie came along, if one did. */
export type Registering = (
  owner: string | undefined,
  proof: string | undefined,
) => Promise<Result<DeviceSession>>;

export function createRegistering(options: RegisteringOptions): Registering {
  const { origin, registerPath, store, offers, clock, random, onEvent } = options;

  const bind = async (
    beside: string | undefined,
    { key, challenge }: ProvenRegistration,
  ): Promise<Result<DeviceSession>> => {
    const offer = offers.read(challenge);
    // Chromium sends no SameSite cookie along where a provider of another site led to the login; one of another session is refused.
    if (!offer || (beside !== undefined && beside !== offer.owner)) {
      return refused('session_binding_refused', 'nothing was offered to this session just now');
    }
    const { owner } = offer;
    // DBSC §5: relying parties should only accept the key that they received from the session provider.
    if (offer.thumbprint !== undefined && offer.thumbprint !== key.thumbprint) {
      return refused('session_binding_refused', 'the key is not the one of the provider');
    }
    const now = clock.now();
    const id = random.bytes(16).toString('base64url');
    const kept = await store.create({ id, owner, key, registeredAt: now, turn: 0, turnedAt: now });
    // The first key wins; the same one comes again when its answer was lost.
    const isOurs = kept.key.thumbprint === key.thumbprint && kept.endedAt === undefined;
    return isOurs ? accepted(kept) : refused('session_binding_refused', 'the session is bound already');
  };

  return async (owner, proof) => {
    const proven = await verifyRegistration(proof, { audience: origin + registerPath });
    const bound = proven.ok ? await bind(owner, proven.value) : proven;
    if (bound.ok) onEvent({ kind: 'registered', sessionId: bound.value.id });
    else onEvent({ kind: 'registration_refused', refusal: bound.refusal });
    return bound;
  };
}
