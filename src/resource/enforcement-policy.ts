import { hasBegun } from '../config/enforcement-checks.js';
import type { ResourceConfig } from '../config/schema.js';
import type { RefusalCode } from '../lib/refusal.js';
import type { Tier } from '../stepup/tiers.js';

/*
 * What may be let pass while a resource or a tier is only observed: what a tier demands of the login and of the person. Never
 * what says that the caller has no right at all: a token that is unknown, expired, revoked or of another resource; a proof
 * that is missing or wrong (law 1: a token without its key is anybody's); a scope that was not granted; an account that is
 * held after a recovery; and no cap.
 */
const demandsOfTier: ReadonlySet<RefusalCode> = new Set([
  'step_up_required',
  'approval_required',
  'call_too_dear',
  'client_without_person',
]);

/** What no tier can say of itself, because none has the model. */
const demandsOfResource: ReadonlySet<RefusalCode> = new Set([...demandsOfTier, 'model_of_no_tier']);

type Enforced = Pick<Tier, 'enforcement' | 'observe_until'>;

export interface RefusedPlace {
  readonly resource: Pick<ResourceConfig, 'enforcement' | 'observe_until'> | undefined;
  readonly tier: Enforced | undefined;
  /** Of the account: its paid tiers stay shut until then, and who knows what a model of no tier costs. */
  readonly heldUntil: Date | undefined;
}

/** Whether a call that is refused so passes for now. */
export function isObserved(
  code: RefusalCode,
  { resource, tier, heldUntil }: RefusedPlace,
  now: number,
): boolean {
  if (heldUntil !== undefined && heldUntil.getTime() > now) return false;
  if (observes(resource, now) && demandsOfResource.has(code)) return true;
  return observes(tier, now) && demandsOfTier.has(code);
}

/** Until its day begins; then it enforces by itself. */
function observes(place: Enforced | undefined, now: number): boolean {
  if (place?.enforcement !== 'observe' || place.observe_until === undefined) return false;
  return !hasBegun(place.observe_until, now);
}
