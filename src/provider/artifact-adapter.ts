import { errors, type Adapter, type AdapterPayload } from 'oidc-provider';
import { epochSeconds, type Clock } from '../lib/clock.js';
import { sha256 } from '../lib/hashing.js';
import type { ArtifactModel, ArtifactStore, FoundArtifact } from './artifact-store.js';
import { CodeReused } from './reuse.js';
import { withRefusal } from './provider-error.js';
import { openPayload, sealPayload } from './sealed-artifact.js';

/** The adapter of a short-lived model: ids are kept by digest, single use is one statement of the store. */
export function artifactAdapter(
  model: ArtifactModel,
  store: ArtifactStore,
  clock: Clock,
  sealingKey: Uint8Array,
): Adapter {
  const sealed = model === 'Interaction' || model === 'PushedAuthorizationRequest';

  const restore = async (
    found: FoundArtifact | undefined,
    id?: string,
  ): Promise<AdapterPayload | undefined> => {
    if (!found) return undefined;
    const stored = { ...found.payload } as AdapterPayload;
    const payload = sealed ? await openPayload(sealingKey, stored) : stored;
    return { ...payload, ...(id === undefined ? {} : { jti: id }), ...consumption(model, found) };
  };

  return {
    async upsert(id, payload, expiresIn) {
      const { jti: _jti, ...rest } = payload;
      const now = epochSeconds(clock);
      const artifact = {
        model,
        digest: sha256(id),
        grantId: payload.grantId,
        userCode: payload.userCode,
        uid: model === 'Interaction' ? undefined : payload.uid,
        expiresAt: payload.exp ?? now + (expiresIn ?? 0),
        payload: sealed ? await sealPayload(sealingKey, payload) : rest,
      };
      // An answer goes to an interaction that is still open; saving must not open it again.
      if (model !== 'Interaction' || payload.result === undefined) await store.save(artifact, now);
      else if (!(await store.replace(artifact, now))) throw interactionEnded();
    },
    find: async (id) => restore(await store.find(model, sha256(id), epochSeconds(clock)), id),
    findByUid: async (uid) => restore(await store.findByUid(model, uid, epochSeconds(clock))),
    findByUserCode: async (code) => restore(await store.findByUserCode(model, code, epochSeconds(clock))),
    async consume(id) {
      const first = await store.consume(model, sha256(id), new Date(clock.now()));
      if (!first) throw await alreadyUsed(model, store, id, epochSeconds(clock));
    },
    async destroy(id) {
      const removed = await store.remove(model, sha256(id), epochSeconds(clock));
      // Law 2: an approval counts once. Whoever takes the interaction out goes on with it; the others come too late.
      if (!removed && model === 'Interaction') throw interactionEnded();
    },
    revokeByGrantId: (grantId) => store.removeByGrant(model, grantId),
  };
}

/**
 * A used code looks unused to oidc-provider, so that its own, non-atomic check never runs: whether a code was used
 * is decided by `consume` alone, after PKCE, client and redirect URI held.
 */
function consumption(model: ArtifactModel, found: FoundArtifact): { consumed?: number } {
  if (model === 'AuthorizationCode' || !found.consumedAt) return {};
  return { consumed: Math.floor(found.consumedAt.getTime() / 1000) };
}

function interactionEnded(): Error {
  const error = new errors.SessionNotFound('authorization request has expired');
  return withRefusal(error, 'interaction_gone', 'the interaction was ended meanwhile');
}

async function alreadyUsed(
  model: ArtifactModel,
  store: ArtifactStore,
  id: string,
  now: number,
): Promise<Error> {
  if (model === 'AuthorizationCode') {
    const code = await store.find(model, sha256(id), now);
    return new CodeReused(code?.grantId);
  }
  if (model === 'PushedAuthorizationRequest') {
    const error = new errors.InvalidRequestUri('request_uri is invalid, expired, or was already used');
    return withRefusal(error, 'request_invalid', 'a pushed request was used twice (RFC 9126 §7.3)');
  }
  return withRefusal(new errors.InvalidGrant('already used'), 'grant_invalid', `${model} was used twice`);
}
