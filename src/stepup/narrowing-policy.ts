import { z } from 'zod';
import { currency, readDollars } from '../lib/money.js';
import { accepted, refused, type Result } from '../lib/result.js';
import { type GrantedModelCall, modelCallType, mostCalls } from './model-call.js';
import { textProblem } from './model-call-policy.js';
import { tierOf } from './tier-policy.js';
import type { Tier } from './tiers.js';

/** What was granted, field by field, or less of it; what is left out stays as it was granted. */
const wishSchema = z.strictObject({
  type: z.literal(modelCallType),
  approval_id: z.string().optional(),
  locations: z.array(z.string()).length(1).optional(),
  tier: z.string().optional(),
  models: z.array(z.string()).min(1).max(20).optional(),
  spend_limit: z.strictObject({ currency: z.literal(currency), amount: z.string() }).optional(),
  // No more than could have been asked for, also of what was granted without a count.
  count: z.int().min(1).max(mostCalls).optional(),
  expires_at: z.int().optional(),
  purpose: z.string().optional(),
});
const wishesSchema = z.array(wishSchema).min(1).max(10);
type Wish = z.output<typeof wishSchema>;

/**
 * RFC 9396 §6.1: a token request may ask for less of what was granted, never for more.
 * @param text of the `authorization_details` parameter
 * @param granted what the code or the refresh token has and a token could carry now
 */
export function narrowModelCalls(
  text: string,
  granted: readonly GrantedModelCall[],
  tiers: readonly Tier[],
): Result<GrantedModelCall[]> {
  const problem = textProblem(text);
  if (problem !== undefined) return beyond(problem);
  const parsed = wishesSchema.safeParse(JSON.parse(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return beyond(`${issue?.path.join('.')} is not of the shape that was granted`);
  }
  const narrowed: GrantedModelCall[] = [];
  for (const wish of parsed.data) {
    const from = granted.filter(
      ({ approval_id: id }) => wish.approval_id === undefined || id === wish.approval_id,
    );
    const [source, ...others] = from;
    if (!source) return beyond('approval_id names nothing that was granted and still holds');
    if (others.length > 0) return beyond('approval_id is needed: several were granted');
    const wider = widened(wish, source, tiers);
    if (wider !== undefined) return beyond(`${wider} is wider than what was granted`);
    if (narrowed.some((each) => each.approval_id === source.approval_id)) {
      return beyond('approval_id must not be named twice');
    }
    narrowed.push(narrow(source, wish));
  }
  return accepted(narrowed);
}

/** The first field that asks for more. */
function widened(wish: Wish, granted: GrantedModelCall, tiers: readonly Tier[]): string | undefined {
  const { locations, tier, purpose, models, spend_limit: limit, count, expires_at: end } = wish;
  const within: Readonly<Record<string, boolean>> = {
    locations: locations === undefined || locations[0] === granted.locations[0],
    tier: tier === undefined || tier === granted.tier,
    purpose: purpose === undefined || purpose === granted.purpose,
    models: models === undefined || models.every((model) => covers(granted, model, tiers)),
    spend_limit: limit === undefined || isWithin(limit.amount, granted.spend_limit?.amount),
    count: count === undefined || count <= (granted.count ?? Infinity),
    expires_at: end === undefined || end <= granted.expires_at,
  };
  return Object.keys(within).find((field) => within[field] === false);
}

function covers({ models, tier }: GrantedModelCall, model: string, tiers: readonly Tier[]): boolean {
  return models ? models.includes(model) : tierOf(tiers, model)?.id === tier;
}

function isWithin(amount: string, limit: string | undefined): boolean {
  const asked = readDollars(amount);
  return asked !== undefined && asked <= (limit === undefined ? Infinity : (readDollars(limit) ?? 0));
}

function narrow(
  granted: GrantedModelCall,
  { models, spend_limit, count, expires_at }: Wish,
): GrantedModelCall {
  return {
    ...granted,
    ...(models && { models }),
    ...(spend_limit && { spend_limit }),
    ...(count === undefined ? {} : { count }),
    ...(expires_at === undefined ? {} : { expires_at }),
  };
}

function beyond(problem: string): Result<never> {
  return refused('authorization_details_invalid', `authorization_details: ${problem}`);
}
