import {
  asAtFirst,
  byTheHeaderAlone,
  literally,
  withOldApprovals,
  type Answering,
} from './challenge-walk.js';
import { emptyHanded, unwilling, willing, type Manners } from './people.js';

/*
 * Every demand of a tier with every login, client and person. What must come of each is worked out here from the sections
 * alone; nothing of src is used for it.
 */
const acr = 'urn:holdfast:acr:phr' as const;

export interface Demand {
  readonly id: string;
  readonly acr?: typeof acr;
  readonly max_age?: number;
  readonly approval?: 'session' | 'budget' | 'call';
  readonly budget?: string;
}

/** The id of a tier is also its only model. */
export const demands: readonly Demand[] = [
  { id: 'free' },
  { id: 'strong', acr },
  { id: 'fresh', max_age: 300 },
  { id: 'both', acr, max_age: 300 },
  { id: 'purse', approval: 'budget', budget: '0.25' },
  { id: 'session', acr, max_age: 300, approval: 'session' },
  { id: 'budget', acr, max_age: 300, approval: 'budget', budget: '0.25' },
  { id: 'single', acr, max_age: 300, approval: 'call' },
];

/** What the client comes with: a login, and perhaps an approval of exactly one call of the tier. */
export interface Start {
  readonly strong: boolean;
  /** Older than any max_age and than the life of an approval. */
  readonly old: boolean;
  readonly approval: 'none' | 'unused' | 'spent';
}

const starts: readonly Start[] = [
  { strong: false, old: false, approval: 'none' },
  { strong: false, old: true, approval: 'none' },
  { strong: true, old: false, approval: 'none' },
  { strong: true, old: true, approval: 'none' },
  { strong: true, old: false, approval: 'unused' },
  { strong: true, old: true, approval: 'unused' },
  { strong: true, old: false, approval: 'spent' },
];

const clients = { literally, asAtFirst, withOldApprovals, byTheHeaderAlone };

export interface WalkCase {
  readonly tier: Demand;
  readonly start: Start;
  readonly answering: Answering;
  readonly person: Manners;
  readonly end: string;
  readonly trips: number;
}

/** Other people only with the client that obeys: they meet the same pages whatever sent them. */
export function walkCases(tier: Demand): WalkCase[] {
  return starts
    .filter(({ approval }) => approval === 'none' || tier.approval !== undefined)
    .flatMap((start) => {
      const suffices = isEnough(tier, start);
      const pairs = [
        ...Object.values(clients)
          // Without any it is the client that obeys.
          .filter((answering) => answering !== withOldApprovals || start.approval !== 'none')
          .map((answering) => ({ answering, person: willing })),
        ...[unwilling, emptyHanded].map((person) => ({ answering: literally, person })),
      ];
      return (suffices ? pairs.slice(0, 1) : pairs).map((pair) => ({
        tier,
        start,
        ...pair,
        ...expected(tier, start, pair),
      }));
    });
}

export function nameOf({ tier, start, answering, person }: WalkCase): string {
  const login = `${start.strong ? 'strong' : 'weak'}${start.old ? ', old' : ''}, approval ${start.approval}`;
  return `${tier.id}: ${login}; client ${answering.name}, person ${person.name}`;
}

function isLoginEnough(tier: Demand, { strong, old }: Start): boolean {
  return (tier.acr === undefined || strong) && (tier.max_age === undefined || !old);
}

function isEnough(tier: Demand, start: Start): boolean {
  const approved = start.approval === 'unused' && !start.old;
  return isLoginEnough(tier, start) && (tier.approval === undefined || approved);
}

type End = Pick<WalkCase, 'end' | 'trips'>;

function expected(
  tier: Demand,
  start: Start,
  { answering, person }: Pick<WalkCase, 'answering' | 'person'>,
): End {
  if (isEnough(tier, start)) return { end: 'served', trips: 0 };
  const loginIsEnough = isLoginEnough(tier, start);
  if (answering === byTheHeaderAlone && tier.approval !== undefined) {
    // RFC 9470 has no word for it: such a client can't go on, and must not go in circles.
    return { end: 'gave up', trips: loginIsEnough ? 0 : 1 };
  }
  // RFC 9396 §5: what was granted has fields that a request can't have.
  if (answering === withOldApprovals && start.approval === 'spent') {
    return { end: 'invalid_authorization_details', trips: 1 };
  }
  if (person === willing) return { end: 'served', trips: 1 };
  // RFC 6749 §4.1.2.1
  if (tier.approval !== undefined) return { end: 'access_denied', trips: 1 };
  // RFC 9470 §5
  const unmet = person === emptyHanded && tier.acr !== undefined;
  return { end: unmet ? 'unmet_authentication_requirements' : 'served', trips: 1 };
}
