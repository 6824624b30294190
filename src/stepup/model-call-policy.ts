import { z } from 'zod';
import { harmless } from '../lib/harmless.js';
import { isQuotable } from '../lib/chosen-name.js';
import { currency, type MicroDollars, readDollars, writeDollars } from '../lib/money.js';
import { accepted, refused, type Result } from '../lib/result.js';
import { ambiguityOf } from '../lib/unambiguous-json.js';
import type { Approval } from './approval.js';
import { type GrantedModelCall, type ModelCallRequest, modelCallType, mostCalls } from './model-call.js';
import { tierOf as tierOfModel } from './tier-policy.js';
import type { Tier } from './tiers.js';

const longestText = 4096;
const deepest = 4;
const mostModels = 20;
const shortestLife = 30;
const longestLife = 86_400;
const longestPurpose = 200;

/** What a request is judged against. */
export interface ModelCallWorld {
  readonly tiers: readonly Tier[];
  /** Identifiers of the resources whose models there are (RFC 8707). */
  readonly resources: readonly string[];
  /** The one that the request names by its `resource` parameter. */
  readonly resource: string | undefined;
  /** The one that its scopes mean, where nothing names another. */
  readonly implied?: string | undefined;
}

const modelId = z
  .string()
  .regex(/^[A-Za-z0-9._:/@+-]{1,128}$/, 'must be the id of a model, without wildcards');

function wholeNumber(least: number, most: number) {
  const message = `must be a whole number from ${least} to ${most}`;
  return z.int(message).min(least, message).max(most, message);
}

const detailSchema = z.strictObject({
  type: z.literal(modelCallType, `must be '${modelCallType}'`),
  tier: z.string().optional(),
  models: z
    .array(modelId)
    .min(1, 'must name a model')
    .max(mostModels, `must name ${mostModels} models at most`)
    .optional(),
  spend_limit: z
    .strictObject({
      currency: z.literal(currency, `must be '${currency}'`),
      amount: z.string("must be a string like '2.00'"),
    })
    .optional(),
  count: wholeNumber(1, mostCalls).optional(),
  expires_in: wholeNumber(shortestLife, longestLife).optional(),
  purpose: z
    .string()
    .refine((text) => text.trim() !== '', 'must say something')
    .refine(
      (text) => Array.from(text).length <= longestPurpose,
      `must have ${longestPurpose} characters at most`,
    )
    .refine(isQuotable, 'must be of visible characters on one line, without quotation marks')
    .optional(),
  locations: z.array(z.string()).length(1, 'must name exactly one resource').optional(),
});
// RFC 9396 §5: refuse what has an unknown type or field, misses one or has one of the wrong kind or value.
const detailsSchema = z.array(detailSchema).length(1, 'must hold exactly one object');
type Detail = z.output<typeof detailSchema>;

/**
 * What the text of the `authorization_details` parameter asks for, with the tier's own limits filled in. Refuses with
 * `authorization_details_invalid`; the detail is a sentence that names the field, fit for the wire.
 */
export function readModelCall(text: string, world: ModelCallWorld): Result<ModelCallRequest> {
  const problem = textProblem(text);
  if (problem !== undefined) return invalid('', problem);
  const parsed = detailsSchema.safeParse(JSON.parse(text));
  const [detail] = parsed.data ?? [];
  return detail ? readDetail(detail, world) : invalidAt(parsed.error?.issues[0]);
}

/** Why a text is not read at all; undefined: it is JSON, of one meaning and of a bounded size. */
export function textProblem(text: string): string | undefined {
  if (text.length > longestText) return `must have ${longestText} characters at most`;
  return ambiguityOf(text, deepest);
}

function readDetail(detail: Detail, world: ModelCallWorld): Result<ModelCallRequest> {
  const tier = tierOf(detail, world.tiers);
  if (!tier.ok) return tier;
  const resource = resourceOf(detail, world);
  if (!resource.ok) return resource;
  const limits = limitsOf(detail, tier.value);
  if (!limits.ok) return limits;
  const { models, purpose } = detail;
  return accepted({ tier: tier.value.id, models, purpose, resource: resource.value, ...limits.value });
}

function tierOf({ tier: id, models = [] }: Detail, tiers: readonly Tier[]): Result<Tier> {
  const [first] = models;
  if (id === undefined && first === undefined) return invalid('', 'must have tier or models');
  const tier = id === undefined ? tierOfModel(tiers, first ?? '') : tiers.find((each) => each.id === id);
  if (!tier) return id === undefined ? ofNoTier(models, 0) : invalid('tier', `${quoted(id)} is no tier here`);
  const members = checkModels(models, tier, tiers);
  if (!members.ok) return members;
  return tier.approval === 'none'
    ? invalid(
        id === undefined ? 'models' : 'tier',
        `must be paid for: tier '${tier.id}' asks for no approval`,
      )
    : accepted(tier);
}

function checkModels(models: readonly string[], tier: Tier, tiers: readonly Tier[]): Result<undefined> {
  for (const [index, model] of models.entries()) {
    const owner = tierOfModel(tiers, model);
    if (!owner) return ofNoTier(models, index);
    if (owner.id !== tier.id) {
      return invalid(`models[${index}]`, `${quoted(model)} is of tier '${owner.id}', not '${tier.id}'`);
    }
  }
  const twice = new Set(models).size < models.length;
  return twice ? invalid('models', 'must not name a model twice') : accepted(undefined);
}

function ofNoTier(models: readonly string[], index: number): Result<never> {
  return invalid(`models[${index}]`, `${quoted(models[index] ?? '')} is of no tier`);
}

/** RFC 9396 §2.2: `locations` are the resource servers. Without it and `resource` there must be one that it can mean. */
function resourceOf({ locations }: Detail, { resource, resources, implied }: ModelCallWorld): Result<string> {
  const named = locations?.[0];
  if (named !== undefined && !resources.includes(named)) {
    return invalid('locations', `${quoted(named)} is no resource here`);
  }
  if (named !== undefined && resource !== undefined && named !== resource) {
    return invalid('locations', 'names another resource than the resource parameter');
  }
  const meant = named ?? resource ?? implied ?? (resources.length === 1 ? resources[0] : undefined);
  if (meant === undefined) return invalid('locations', 'is needed: there are several resources');
  return resources.includes(meant)
    ? accepted(meant)
    : invalid('locations', `${quoted(meant)} is no resource here`);
}

type Limits = Pick<ModelCallRequest, 'spendLimit' | 'count' | 'lifetime'>;

function limitsOf({ spend_limit: limit, count, expires_in: life }: Detail, tier: Tier): Result<Limits> {
  const spendLimit = spendLimitOf(limit?.amount, tier);
  if (!spendLimit.ok) return spendLimit;
  if (tier.approval === 'call' && count !== undefined && count !== 1) {
    return invalid('count', `must be 1: tier '${tier.id}' asks for an approval of each call`);
  }
  const lifetime = life ?? tier.approval_lifetime;
  if (lifetime > tier.approval_lifetime) {
    return invalid('expires_in', `must be ${tier.approval_lifetime} at most for tier '${tier.id}'`);
  }
  return accepted({ spendLimit: spendLimit.value, count: tier.approval === 'call' ? 1 : count, lifetime });
}

function spendLimitOf(amount: string | undefined, tier: Tier): Result<MicroDollars | undefined> {
  const budget = tier.budget === undefined ? undefined : readDollars(tier.budget);
  if (amount === undefined) {
    return budget === undefined && tier.approval !== 'session'
      ? invalid('spend_limit', `is needed for tier '${tier.id}'`)
      : accepted(budget);
  }
  const limit = readDollars(amount);
  if (limit === undefined || limit === 0) {
    return invalid('spend_limit.amount', "must be dollars above zero like '2.00', with six decimals at most");
  }
  if (budget !== undefined && limit > budget) {
    const most = writeDollars(budget);
    return invalid('spend_limit.amount', `is more than ${most}, the budget of tier '${tier.id}'`);
  }
  return accepted(limit);
}

/** RFC 9396 §7: what was granted, with what the client needs to know about it. */
export function grantedModelCall({
  id,
  subject,
}: Pick<Approval, 'id' | 'subject'>): GrantedModelCall | undefined {
  const { modelCall, expiresAt } = subject;
  if (!modelCall) return undefined;
  const { resource, tier, models, spendLimit, count, purpose } = modelCall;
  return {
    type: modelCallType,
    approval_id: id,
    locations: [resource],
    tier,
    ...(models && { models }),
    ...(spendLimit === undefined ? {} : { spend_limit: amountOf(spendLimit) }),
    ...(count === undefined ? {} : { count }),
    expires_at: expiresAt,
    ...(purpose === undefined ? {} : { purpose }),
  };
}

function amountOf(amount: MicroDollars): { currency: string; amount: string } {
  return { currency, amount: writeDollars(amount) };
}

function invalidAt(issue: z.core.$ZodIssue | undefined): Result<never> {
  const [, ...path] = issue?.path ?? [];
  const within = path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : `${text}${text && '.'}${String(step)}`),
    '',
  );
  if (issue?.code !== 'unrecognized_keys') return invalid(within, issue?.message ?? 'is malformed');
  const [key = ''] = issue.keys;
  return invalid(within, `has an unknown field ${quoted(key)}`);
}

function invalid(field: string, problem: string): Result<never> {
  const where = field === '' ? 'authorization_details' : `authorization_details: ${field}`;
  return refused('authorization_details_invalid', `${where} ${problem}`);
}

/** RFC 6749 §5.2: an error_description is of ASCII without quotes and backslashes. */
function quoted(text: string): string {
  return `'${harmless(text.slice(0, 64))}'`;
}
