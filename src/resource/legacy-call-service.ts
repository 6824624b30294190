import { sha256 } from '../lib/hashing.js';
import { readDollars } from '../lib/money.js';
import { refusals, type RefusalCode } from '../lib/refusal.js';
import { hasBegun } from '../config/enforcement-checks.js';
import type { BearerConfig } from '../config/enforcement-schema.js';
import type { ResourceConfig } from '../config/schema.js';
import { isPaid, tierOf } from '../stepup/tier-policy.js';
import { gateClosed, inactiveCall } from './call-answer-policy.js';
import type { CallAnswer, CallId, RefusedCall } from './call-answer.js';
import type { GatedCall } from './call-gates.js';
import { tellObserved } from './call-observing.js';
import type { CallRequest } from './call-request.js';
import { inactive } from './introspection-policy.js';
import type { FoundLegacyCredential } from './legacy-credential.js';
import type { ResourcePorts } from './resource-ports.js';

/** A call with a bearer credential of before, whose credential is alive and for the resource server that asks. */
interface LegacyCall {
  readonly id: CallId;
  readonly digest: Buffer;
  readonly request: CallRequest & { readonly maxCost: number };
  readonly credential: FoundLegacyCredential;
  readonly resource: ResourceConfig;
  readonly bearer: BearerConfig;
}

export interface LegacyAnswer {
  readonly answer: CallAnswer;
  readonly tier?: string | undefined;
  /** Of a credential that is alive: whose it is. */
  readonly accountId?: string;
}

/**
 * Law 1: `dangerously_allow_bearer` lets a credential without a key call the cheapest tier, under a cap, and nothing
 * else. It has no login, so no tier that demands one; what is only observed never helps it.
 */
export async function authorizeLegacyCall(
  id: CallId,
  request: CallRequest & { readonly maxCost: number },
  caller: string,
  ports: ResourcePorts,
): Promise<LegacyAnswer> {
  const call = await findCall(id, request, caller, ports);
  if (!call) return { answer: inactiveCall(id) };
  const { accountId } = call.credential;
  const { model = '', scope } = request;
  const tier = tierOf(ports.tiers.current, model);
  // The tiers may have changed since the configuration was checked.
  const isCheapest = tier !== undefined && tier === ports.tiers.current[0] && tier.id === call.bearer.tier;
  if (!isCheapest || isPaid(tier))
    return { answer: legacyRefused(id, 'bearer_tier'), tier: tier?.id, accountId };
  const known = new Set(call.resource.scope.split(' '));
  if (!scope.every((name) => known.has(name))) {
    return { answer: legacyRefused(id, 'scope_insufficient'), tier: tier.id, accountId };
  }
  return { answer: await pass(call, tier.id, ports), tier: tier.id, accountId };
}

/** Law 6: one statement, whether the credential is unknown, revoked, ended or of another resource server. */
async function findCall(
  id: CallId,
  request: CallRequest & { readonly maxCost: number },
  caller: string,
  { config, clock, legacyCredentials }: ResourcePorts,
): Promise<LegacyCall | undefined> {
  const now = clock.now();
  const open = config.resources.filter(
    ({ dangerously_allow_bearer: bearer, resource_servers: servers }) =>
      bearer !== undefined && !hasBegun(bearer.until, now) && servers.includes(caller),
  );
  if (open.length === 0 || request.model === undefined) return undefined;
  const digest = sha256(request.token);
  const credential = await legacyCredentials.find(digest, new Date(now));
  const resource = open.find(({ identifier }) => identifier === credential?.resource);
  const bearer = resource?.dangerously_allow_bearer;
  if (!credential?.alive || !resource || !bearer) return undefined;
  return { id, digest, request, credential, resource, bearer };
}

/** The gates of every call; the cap last, for it is what can't be given back. */
async function pass(call: LegacyCall, tier: string, ports: ResourcePorts): Promise<CallAnswer> {
  const { id, digest, request, credential, resource, bearer } = call;
  const { accountId } = credential;
  const gated: GatedCall = { ...request, id, accountId, clientId: '', resource: resource.identifier, tier };
  const risk = await ports.risk.judge(gated);
  if (!risk.passes) return gateClosed({ id, introspection: inactive }, risk.code);
  const reserved = await ports.reservations.reserve(gated);
  if (!reserved.passes) return gateClosed({ id, introspection: inactive }, reserved.code);
  const spent = await ports.legacyCredentials.spend({
    digest,
    resource: resource.identifier,
    cost: request.maxCost,
    capPerCredential: readDollars(bearer.cap_per_credential) ?? 0,
    capInAll: readDollars(bearer.cap_in_all) ?? 0,
    now: new Date(ports.clock.now()),
  });
  if (spent !== 'spent') {
    await ports.reservations.release(id);
    return spent === 'gone' ? inactiveCall(id) : legacyRefused(id, 'bearer_cap_reached');
  }
  return served(call, tier, ports);
}

/** RFC 9449 §7.2: what it is from the day on which the class ends. */
const code = 'token_presented_as_bearer';

function served(
  { id, credential, resource, bearer }: LegacyCall,
  tier: string,
  ports: ResourcePorts,
): CallAnswer {
  const { accountId, endsAt } = credential;
  const observed = { resource: resource.identifier, tier, code, clientId: undefined, accountId } as const;
  tellObserved(ports, id, observed);
  const until = Date.parse(bearer.until);
  return {
    decision: 'allow',
    call_id: id,
    introspection: inactive,
    legacy: {
      sub: accountId,
      scope: resource.scope,
      exp: Math.floor(Math.min(until, endsAt?.getTime() ?? until) / 1000),
    },
    would_refuse: { code, decision: 'deny', status: refusals[code].status },
  };
}

function legacyRefused(id: CallId, why: RefusalCode): RefusedCall {
  return gateClosed({ id, introspection: inactive }, why);
}
