import { readDollars } from '../lib/money.js';
import type { Finding } from './cross-checks.js';
import type { Config } from './schema.js';

type Enforced = Pick<Config, 'resources' | 'tiers'>;
type Place = readonly [list: 'resources' | 'tiers', index: number];

const day = 86_400_000;
/** What should end is not to be put off once and for all. */
const mostDays = 90;

/** What a resource or a tier lets pass must have an end, and one that can be foreseen. */
export function checkEnforcement(config: Enforced, now: number): Finding[] {
  return [
    ...observers(config).flatMap(({ place, enforcement, observe_until: until }): Finding[] => {
      const path = [...place, 'observe_until'];
      if (enforcement === 'observe' && until === undefined) {
        return [{ path, message: 'is required with enforcement: observe, as in 2027-01-31' }];
      }
      if (enforcement === 'enforce' && until !== undefined) {
        return [{ path, message: 'has no use without enforcement: observe' }];
      }
      return until === undefined ? [] : tooFar(path, until, now);
    }),
    ...checkBearer(config, now),
  ];
}

/** Law 1: bearer credentials are for the cheapest tier alone, and under a cap. */
function checkBearer({ resources, tiers }: Enforced, now: number): Finding[] {
  const [cheapest] = tiers;
  return resources.flatMap(({ dangerously_allow_bearer: bearer }, index) => {
    if (!bearer) return [];
    const path = ['resources', index, 'dangerously_allow_bearer'];
    const findings = tooFar([...path, 'until'], bearer.until, now);
    if (cheapest && bearer.tier !== cheapest.id) {
      findings.push({
        path: [...path, 'tier'],
        message: `must be ${cheapest.id}, the cheapest tier (law 1)`,
      });
    } else if (cheapest && demandsAnything(cheapest)) {
      const message = `${cheapest.id} demands a login or an approval, which no bearer credential has`;
      findings.push({ path: [...path, 'tier'], message });
    }
    const [each = 0, all = 0] = [bearer.cap_per_credential, bearer.cap_in_all].map(readDollars);
    if (each === 0)
      findings.push({ path: [...path, 'cap_per_credential'], message: 'must be more than nothing' });
    if (all < each) {
      findings.push({ path: [...path, 'cap_in_all'], message: 'must not be less than cap_per_credential' });
    }
    return findings;
  });
}

function demandsAnything({ acr, max_age: maxAge, approval }: Config['tiers'][number]): boolean {
  return acr !== undefined || maxAge !== undefined || approval !== 'none';
}

/** Said at every start, and by the doctor: what is let pass, and for how long still. */
export function doubtEnforcement(config: Enforced, now: number): Finding[] {
  return [
    ...observers(config).flatMap(({ place, enforcement, observe_until: until }): Finding[] => {
      if (enforcement !== 'observe' || until === undefined) return [];
      const message = hasBegun(until, now)
        ? `has passed on ${until}: it enforces; take enforcement: observe away`
        : `ONLY OBSERVED for ${daysUntil(until, now)}: until ${until} calls pass that would be refused for their login or approval (holdfast report would-refuse)`;
      return [{ path: [...place, 'observe_until'], message }];
    }),
    ...config.resources.flatMap(({ dangerously_allow_bearer: bearer }, index): Finding[] => {
      if (!bearer) return [];
      const message = hasBegun(bearer.until, now)
        ? `has ended on ${bearer.until}: no bearer credential passes; take it away`
        : `BEARER CREDENTIALS PASS for ${daysUntil(bearer.until, now)}: until ${bearer.until}, on ${bearer.tier}, up to $${bearer.cap_in_all} a day (holdfast legacy report)`;
      return [{ path: ['resources', index, 'dangerously_allow_bearer'], message }];
    }),
  ];
}

/** Whether the day (UTC) has begun. What can't be read has: who is in doubt enforces. */
export function hasBegun(until: string, now: number): boolean {
  return !(now < Date.parse(until));
}

function observers({ resources, tiers }: Enforced) {
  const at =
    (list: Place[0]) =>
    (entry: Pick<Config['tiers'][number], 'enforcement' | 'observe_until'>, index: number) => ({
      place: [list, index] satisfies Place,
      enforcement: entry.enforcement,
      observe_until: entry.observe_until,
    });
  return [...resources.map(at('resources')), ...tiers.map(at('tiers'))];
}

function tooFar(path: Finding['path'], until: string, now: number): Finding[] {
  if (Date.parse(until) <= now + mostDays * day) return [];
  return [{ path, message: `must be at most ${mostDays} days ahead; put it off again when it nears` }];
}

function daysUntil(until: string, now: number): string {
  const days = Math.ceil((Date.parse(until) - now) / day);
  return days === 1 ? '1 day' : `${days} days`;
}
