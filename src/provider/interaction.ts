import type { Context } from 'koa';
import { errors, type Provider } from 'oidc-provider';
import { refuse } from '../lib/refusal.js';
import { type AcrDemand, acrDemandOf } from './acr-demand.js';
import { offeredAcrs } from './offered-acrs.js';

/** A sign-in under way at oidc-provider, held by the browser's own cookie. */
export interface Interaction {
  readonly uid: string;
  readonly prompt: {
    readonly name: string;
    readonly reasons: readonly string[];
    readonly details: Readonly<Record<string, unknown>>;
  };
  readonly params: Readonly<Record<string, unknown>>;
  readonly client: Client;
  /** Of the session, once there is one. */
  readonly accountId: string | undefined;
  readonly grantId: string | undefined;
  /** The least strength that a login must have to end this well. */
  readonly demand: AcrDemand;
  /** Seconds since the epoch: when the browser was sent to it. */
  readonly startedAt: number;
}

export type Client = NonNullable<Awaited<ReturnType<Provider['Client']['find']>>>;

/** The interaction of this browser at this address. Throws `interaction_gone` when there is none. */
export async function openInteraction(provider: Provider, ctx: Context, uid: string): Promise<Interaction> {
  const details = await detailsOf(provider, ctx);
  // The cookie is per path, but a path can be forged: both must name the same interaction.
  if (details.uid !== uid) throw refuse('interaction_gone', 'the cookie is of another interaction');
  const { params, prompt, session, grantId, iat } = details;
  const client = await provider.Client.find(String(params['client_id']));
  if (!client) throw refuse('interaction_gone', 'the client was deleted meanwhile');
  const demand = acrDemandOf(params, offeredAcrs(provider));
  return { uid, prompt, params, client, accountId: session?.accountId, grantId, demand, startedAt: iat };
}

async function detailsOf(provider: Provider, ctx: Context) {
  try {
    return await provider.interactionDetails(ctx.req, ctx.res);
  } catch (error) {
    if (error instanceof errors.SessionNotFound) throw refuse('interaction_gone', error.error_description);
    throw error;
  }
}
