import type { Config } from '../config/schema.js';
import { epochSeconds, type Clock } from '../lib/clock.js';
import type { Random } from '../lib/random.js';
import type { SecurityEvents } from '../observability/events.js';
import type { Metrics } from '../observability/metrics.js';
import type { RefusalLog } from '../observability/refusal-log.js';
import type { AccessTokenStore } from '../provider/access-token-store.js';
import type { GrantStore } from '../provider/grant-store.js';
import type { RefreshTokenStore } from '../provider/refresh-token-store.js';
import type { SigningKeys } from '../provider/signing-keys.js';
import type { ApprovalStore } from '../stepup/approval-store.js';
import type { Tiers } from '../stepup/tiers.js';
import type { UsageStore } from '../usage/usage-store.js';
import type { ReservationPort, RiskPort } from './call-gates.js';
import type { CallStore } from './call-store.js';
import type { CallProofs } from './call-proofs.js';
import type { LegacyCredentialStore } from './legacy-credential-store.js';
import type { ObservationLog } from './observation-log.js';
import type { TierDeviceStore } from './tier-device-store.js';
import type { TokenReading } from './presented-token.js';

/** What the endpoints for resource servers stand on. */
export interface ResourcePorts {
  readonly config: Config;
  readonly tiers: Tiers;
  readonly clock: Clock;
  readonly accessTokens: AccessTokenStore;
  readonly refreshTokens: RefreshTokenStore;
  readonly grants: GrantStore;
  readonly usage: Pick<UsageStore, 'record'>;
  readonly keys: Pick<SigningKeys, 'snapshot'>;
  readonly calls: Pick<CallStore, 'find'>;
  readonly proofs: CallProofs;
  readonly risk: RiskPort;
  readonly reservations: ReservationPort;
  readonly random: Random;
  readonly approvals: Pick<ApprovalStore, 'spend' | 'standing'>;
  readonly events: Pick<
    SecurityEvents,
    'revoked' | 'tokenMisuse' | 'proofReplayed' | 'callDenied' | 'callObserved'
  >;
  readonly metrics: Pick<Metrics, 'callJudged' | 'callObserved'>;
  /** Counts what passes though it would be refused. */
  readonly observations: Pick<ObservationLog, 'note'>;
  readonly tierDevices: TierDeviceStore;
  readonly legacyCredentials: Pick<LegacyCredentialStore, 'find' | 'spend'>;
  /** Keeps a refused call for `holdfast explain`, under its id. */
  readonly refusalLog: Pick<RefusalLog, 'note'>;
  /** Seconds to wait when the resource server has asked too often, else undefined. */
  readonly takeIntrospection: (clientId: string) => number | undefined;
}

type ReadingPorts = Pick<ResourcePorts, 'config' | 'clock' | 'keys'>;

const longestLives = new WeakMap<Config, number>();

export function readingOf({ config, clock, keys }: ReadingPorts): TokenReading {
  return {
    issuer: config.issuer,
    verificationKey: keys.snapshot.verificationKey,
    now: epochSeconds(clock),
    longestLife: longestLives.get(config) ?? longestLifeOf(config),
  };
}

function longestLifeOf(config: Config): number {
  const lives = config.resources.map((resource) => resource.lifetime);
  const longest = Math.max(config.lifetimes.userinfo_token, ...lives);
  longestLives.set(config, longest);
  return longest;
}
