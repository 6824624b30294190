import type { AdapterPayload } from 'oidc-provider';
import { open, seal } from '../lib/seal.js';

/*
 * An interaction's payload holds live credentials in clear: the session cookie, its own id in the return address,
 * the id of the pushed request. A pushed request holds whatever the client put into it: an `id_token_hint`, a secret
 * in the wrong field. So both are kept sealed as a whole (law 7). A session keeps its form secret in `state`.
 */
export async function sealPayload(key: Uint8Array, payload: AdapterPayload): Promise<AdapterPayload> {
  return { exp: payload.exp, iat: payload.iat, sealed: await seal(key, JSON.stringify(payload)) };
}

export async function openPayload(key: Uint8Array, stored: AdapterPayload): Promise<AdapterPayload> {
  return JSON.parse(await open(key, stored['sealed'] as string)) as AdapterPayload;
}

export async function sealState(key: Uint8Array, payload: AdapterPayload): Promise<AdapterPayload> {
  const { state, ...rest } = payload;
  return state === undefined ? rest : { ...rest, sealedState: await seal(key, JSON.stringify(state)) };
}

export async function openState(
  key: Uint8Array,
  stored: Readonly<Record<string, unknown>>,
): Promise<AdapterPayload> {
  const { sealedState, ...rest } = stored;
  if (typeof sealedState !== 'string') return rest;
  return { ...rest, state: JSON.parse(await open(key, sealedState)) as Record<string, unknown> };
}
