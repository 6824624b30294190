import {
  errors,
  type AuthorizationDetail,
  type AuthorizationDetailsForIntrospection,
  type KoaContextWithOIDC,
  type RichAuthorizationRequestsActiveConfiguration,
} from 'oidc-provider';
import type { Config } from '../config/schema.js';
import { epochSeconds, type Clock } from '../lib/clock.js';
import type { Refusal } from '../lib/refusal.js';
import type { ApprovalStore } from '../stepup/approval-store.js';
import type { Approval, ApprovalId } from '../stepup/approval.js';
import { grantedModelCall, readModelCall, type ModelCallWorld } from '../stepup/model-call-policy.js';
import { type GrantedModelCall, modelCallType } from '../stepup/model-call.js';
import { narrowModelCalls } from '../stepup/narrowing-policy.js';
import { stillGiven } from '../stepup/still-given.js';
import type { Tiers } from '../stepup/tiers.js';
import { throughStore, withRefusal } from './provider-error.js';

export interface ModelCallPorts {
  readonly config: Pick<Config, 'resources'>;
  readonly tiers: Tiers;
  readonly approvals: Pick<ApprovalStore, 'find' | 'standing'>;
  readonly clock: Clock;
}

type Feature = RichAuthorizationRequestsActiveConfiguration & {
  readonly authorizationDetailsForIntrospection: AuthorizationDetailsForIntrospection;
};

/** RFC 9396 as oidc-provider is told: what may be asked for, and what code and tokens carry of what was approved. */
export function modelCallDetails(ports: ModelCallPorts): Feature {
  return {
    enabled: true,
    types: { [modelCallType]: { validate: (ctx) => validate(ports, ctx) } },
    authorizationDetailsForGrantSource: async (ctx, { accountId, clientId }) => {
      const granted = grantedModelCall(await approvedNow(ports, ctx, { accountId, clientId }));
      return granted && [toldOf(granted)];
    },
    authorizationDetailsForAccessToken: async (ctx, token, source) => {
      const held = (source?.rar ?? []) as unknown as readonly GrantedModelCall[];
      const granted = await throughStore(() => stillGiven(ports.approvals, held));
      return carried(ports, ctx, granted, token.resourceServer?.identifier())?.map(toldOf);
    },
    // Ours answers at /introspect.
    authorizationDetailsForIntrospection: (_ctx, { rar }) =>
      rar as readonly AuthorizationDetail[] | undefined,
  };
}

function toldOf(granted: GrantedModelCall): AuthorizationDetail {
  return { ...granted, locations: [...granted.locations] } as AuthorizationDetail;
}

function validate({ config, tiers }: ModelCallPorts, ctx: KoaContextWithOIDC): void {
  const { params, route, entities } = ctx.oidc;
  // At the token endpoint it is what was granted or less, which is judged beside what was granted.
  if (route === 'token') return;
  // RFC 9396 §12: pushed, so that nobody changes it in the browser on its way.
  if (route !== 'pushed_authorization_request' && !('PushedAuthorizationRequest' in entities)) {
    throw new errors.InvalidRequest('authorization_details must be pushed first (RFC 9126)');
  }
  const asked = readModelCall(textOf(params), worldOf(params, config, tiers));
  if (!asked.ok) throw detailsInvalid(asked.refusal);
  // Law 1: an approval is good for one key, which is known before the person is asked (RFC 9449 §10).
  if (params?.['dpop_jkt'] === undefined && ctx.get('DPoP') === '') {
    throw new errors.InvalidRequest('authorization_details need dpop_jkt or a DPoP proof (RFC 9449)');
  }
}

function textOf(params: Readonly<Record<string, unknown>> | undefined): string {
  return String(params?.['authorization_details']);
}

/** What a request's details are judged against: the tiers of this moment, and the resources that it means. */
export function worldOf(
  params: Readonly<Record<string, unknown>> | undefined,
  { resources }: Pick<Config, 'resources'>,
  tiers: Tiers,
): ModelCallWorld {
  const known = resources.map(({ identifier }) => identifier);
  const named = [params?.['resource'] ?? []].flat();
  if (named.length > 0) {
    const resource = undefined;
    return { tiers: tiers.current, resources: known.filter((each) => named.includes(each)), resource };
  }
  const scopes = String(params?.['scope']).split(' ');
  const [implied, ...others] = resources.filter(({ scope }) =>
    scope.split(' ').some((each) => each !== '' && scopes.includes(each)),
  );
  return {
    tiers: tiers.current,
    resources: known,
    resource: undefined,
    implied: others.length === 0 ? implied?.identifier : undefined,
  };
}

/**
 * The approval that this interaction's own result names: it never travels through the browser, and is looked at again,
 * for only what she signed for this account, client and key may go into the code.
 */
async function approvedNow(
  { approvals, clock }: ModelCallPorts,
  ctx: KoaContextWithOIDC,
  source: { readonly accountId: string | undefined; readonly clientId: string | undefined },
): Promise<Approval> {
  const result = ctx.oidc.result as { approval?: { id?: unknown } } | undefined;
  const id = result?.approval?.id;
  const approval =
    typeof id === 'string' ? await throughStore(() => approvals.find(id as ApprovalId)) : undefined;
  const { accountId, clientId, jkt, expiresAt } = approval?.subject ?? {};
  const fits =
    approval !== undefined &&
    accountId === source.accountId &&
    clientId === source.clientId &&
    jkt === ctx.oidc.params?.['dpop_jkt'] &&
    approval.revokedAt === undefined &&
    (expiresAt ?? 0) > epochSeconds(clock);
  if (fits) return approval;
  const detail = 'no approval of this person for this client and key is there, or it has ended';
  throw withRefusal(new errors.AccessDenied('the person did not approve it'), 'approval_changed', detail);
}

/** RFC 9396 §7, §9.1: what still holds and is for the token's own resource server, or as much less as is asked for. */
function carried(
  { clock, tiers }: ModelCallPorts,
  ctx: KoaContextWithOIDC,
  granted: readonly GrantedModelCall[],
  audience: string | undefined,
): readonly GrantedModelCall[] | undefined {
  const now = epochSeconds(clock);
  const able = granted.filter(
    ({ locations, expires_at: end }) => end > now && locations.some((location) => location === audience),
  );
  if (ctx.oidc.params?.['authorization_details'] === undefined) return able.length === 0 ? undefined : able;
  const narrowed = narrowModelCalls(textOf(ctx.oidc.params), able, tiers.current);
  if (!narrowed.ok) throw detailsInvalid(narrowed.refusal);
  return narrowed.value;
}

/** RFC 9396 §5: the wire says which field, for only the client's own request is repeated. */
function detailsInvalid({ code, detail = code }: Refusal): Error {
  return withRefusal(new errors.InvalidAuthorizationDetails(detail), code, detail);
}
