import { coversGlob, parseGlob } from '../lib/glob.js';
import { foldModel } from '../lib/model-name.js';
import { readDollars } from '../lib/money.js';
import type { Finding } from './cross-checks.js';
import type { Config } from './schema.js';
import type { TierConfig } from './tiers-schema.js';

type Tiered = Pick<Config, 'tiers' | 'attestation' | 'backchannel' | 'lifetimes' | 'resources'>;

const hardwareAcr = 'urn:holdfast:acr:phrh';

/** Tiers that contradict themselves, and demands that no account could ever meet. */
export function checkTiers(config: Pick<Config, 'tiers' | 'attestation' | 'upstream_providers'>): Finding[] {
  const { tiers } = config;
  const findings: Finding[] = [];
  if (tiers.length === 0) {
    findings.push({ path: ['tiers'], message: 'names no tier, so every call would be refused' });
  }
  tiers.forEach((tier, index) => {
    const find = (setting: keyof TierConfig, message: string) =>
      findings.push({ path: ['tiers', index, setting], message });
    const earlier = tiers.slice(0, index);
    if (earlier.some(({ id }) => id === tier.id)) find('id', `${tier.id} is declared twice`);
    // People approve by what they read.
    if (earlier.some(({ title }) => shownAs(title) === shownAs(tier.title))) {
      find('title', `${tier.title} is another tier’s already, and people could not tell them apart`);
    }
    if (shownAs(tier.title) === '') find('title', 'must be something that people can read');
    if (tier.acr === hardwareAcr && !provesHardware(tier, config)) {
      find(
        'acr',
        'demands a hardware key, which no passkey can prove until attestation.metadata names the FIDO metadata',
      );
    }
    checkBudget(tier, find);
  });
  return findings;
}

/** An approval takes a passkey; a login may also come from a provider that the operator believes. */
function provesHardware(
  { approval }: TierConfig,
  { attestation, upstream_providers: upstream }: Pick<Config, 'attestation' | 'upstream_providers'>,
): boolean {
  if (attestation.metadata !== undefined) return true;
  return approval === 'none' && upstream.some(({ acr }) => acr === hardwareAcr);
}

function shownAs(title: string): string {
  return foldModel(title) ?? '';
}

function checkBudget(
  { approval, budget }: TierConfig,
  find: (setting: 'approval' | 'budget', message: string) => void,
): void {
  if (approval === 'budget' && budget === undefined) {
    find('budget', 'is required with approval: budget, as in "2.00"');
  }
  if (approval !== 'budget' && budget !== undefined) {
    find('budget', `has no use with approval: ${approval}; did you mean approval: budget?`);
  }
  if (budget !== undefined && readDollars(budget) === 0) {
    find('budget', 'must be more than nothing: no call would fit into it');
  }
}

/** Tiers that work, but hardly as they were meant. */
export function doubtTiers({ tiers, backchannel, lifetimes, resources }: Tiered): Finding[] {
  const tokens = Math.max(0, ...resources.map(({ lifetime }) => lifetime));
  const oldest = lifetimes.session + lifetimes.refresh_token + tokens;
  return tiers.flatMap((tier, index) => {
    const findings: Finding[] = [];
    const doubt = (setting: keyof TierConfig, message: string) =>
      findings.push({ path: ['tiers', index, setting], message });
    const { max_age: maxAge, approval, approval_lifetime: lifetime } = tier;
    if (maxAge !== undefined && maxAge >= oldest) {
      doubt('max_age', `has no effect: no token’s login can be older than ${oldest} seconds`);
    }
    // CIBA: the token is fetched at the next poll, so the login is that old already.
    if (maxAge !== undefined && maxAge <= backchannel.interval) {
      doubt(
        'max_age',
        `is no more than backchannel.interval: a login on another device may be too old when its token is fetched`,
      );
    }
    if (approval !== 'none' && maxAge !== undefined && lifetime > maxAge) {
      doubt(
        'approval_lifetime',
        `outlasts max_age: after ${maxAge} seconds calls ask for the passkey, and a new approval, all the same`,
      );
    }
    return [...findings, ...doubtModels(tier, index, tiers)];
  });
}

/** The last tier that names a model has it: what a later one covers names nothing here. */
function doubtModels(tier: TierConfig, index: number, tiers: readonly TierConfig[]): Finding[] {
  const later = tiers.slice(index + 1);
  const taken = tier.models.map((model) =>
    later.find(({ models }) => models.some((it) => covers(it, model))),
  );
  const [first] = taken;
  if (first && taken.every((by) => by)) {
    const by = new Set(taken.map((each) => each?.title));
    const message = `have all gone to ${[...by].join(' and ')} below: nothing is left to ${tier.title}`;
    return [{ path: ['tiers', index, 'models'], message }];
  }
  return taken.flatMap((by, position) =>
    by
      ? [
          {
            path: ['tiers', index, 'models', position],
            message: `belongs to ${by.title} below, which names it too`,
          },
        ]
      : [],
  );
}

function covers(one: string, other: string): boolean {
  return coversGlob(parseGlob(one.toLowerCase()), parseGlob(other.toLowerCase()));
}
