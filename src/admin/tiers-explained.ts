import { spanIn } from '../lib/figures.js';
import { readDollars, writeDollars } from '../lib/money.js';
import { isPaid, tierOf } from '../stepup/tier-policy.js';
import type { Tier } from '../stepup/tiers.js';

/** What one tier demands, of whom, in words for the operator. */
export interface ExplainedTier {
  readonly id: string;
  readonly title: string;
  readonly models: readonly string[];
  /** Of a person, by the client that she uses. */
  readonly people: string;
  readonly clients_acting_for_themselves: boolean;
  /** Whether it stays shut to accounts that are held after a recovery. */
  readonly shut_after_recovery: boolean;
  /** Of the models that were asked about, those of this tier. */
  readonly examples: readonly string[];
}

export function explainTiers(tiers: readonly Tier[], models: readonly string[]): ExplainedTier[] {
  return tiers.map((tier) => ({
    id: tier.id,
    title: tier.title,
    models: tier.models,
    people: demandOf(tier),
    clients_acting_for_themselves: tier.client_credentials,
    shut_after_recovery: isPaid(tier),
    examples: models.filter((model) => tierOf(tiers, model) === tier),
  }));
}

/** One paragraph per tier, and what holds for all. */
export function describeTiers(tiers: readonly ExplainedTier[], nowhere: readonly string[]): string[] {
  const shut = tiers.filter((tier) => tier.shut_after_recovery).map(({ title }) => title);
  return [
    'What a call of a model demands (of several tiers that name it, the last has it):',
    ...tiers.flatMap(({ title, models, people, clients_acting_for_themselves: clients, examples }) => [
      `  ${title} (${models.join(', ')}): ${people}. Clients acting for themselves: ${clients ? 'yes' : 'no'}.`,
      ...(examples.length > 0 ? [`    here: ${examples.join(', ')}`] : []),
    ]),
    ...(nowhere.length > 0 ? [`  Of no tier, so refused: ${nowhere.join(', ')}`] : []),
    ...(shut.length > 0 ? [`  For accounts that are held after a recovery, shut: ${shut.join(', ')}.`] : []),
  ];
}

function demandOf(tier: Tier): string {
  const demands = [loginOf(tier), approvalOf(tier)].filter((each) => each !== undefined);
  return demands.length > 0 ? demands.join(', and ') : 'nothing but a token';
}

function loginOf({ acr, max_age: maxAge }: Tier): string | undefined {
  const within = maxAge === undefined ? '' : ` in the last ${inEnglish(maxAge).replace(/^1 /, '')}`;
  switch (acr) {
    case undefined:
      return maxAge === undefined ? undefined : `a login${within}`;
    case 'urn:holdfast:acr:basic':
      return `a login${within}`;
    case 'urn:holdfast:acr:phr':
      return within === '' ? 'a login by passkey' : `a passkey used${within}`;
    case 'urn:holdfast:acr:phrh':
      return within === '' ? 'a login by hardware key' : `a hardware key used${within}`;
  }
}

function approvalOf({ acr, approval, approval_lifetime: lifetime, budget }: Tier): string | undefined {
  // Whoever has just used one knows by what she approves.
  const byPasskey = acr === undefined || acr === 'urn:holdfast:acr:basic' ? ' by passkey' : '';
  switch (approval) {
    case 'none':
      return undefined;
    case 'session':
      return `an approval${byPasskey} that lasts ${inEnglish(lifetime)}`;
    case 'budget':
      return `an approval${byPasskey} of up to $${writeDollars(readDollars(budget ?? '') ?? 0)} that lasts ${inEnglish(lifetime)}`;
    case 'call':
      return `an approval${byPasskey} of each call, good for ${inEnglish(lifetime)}`;
  }
}

function inEnglish(seconds: number): string {
  return spanIn('en', seconds);
}
