import { generateProofKey, Login, memoryStore, type LoginOptions } from '../../src/client/index.js';
import type { LoginTokens, StoredLogin } from '../../src/client/login-store.js';
import type { ProofKey } from '../../src/proof/create-proof.js';

interface Kept extends Partial<LoginOptions> {
  readonly key?: ProofKey;
  readonly tokens?: Partial<LoginTokens>;
}

/** A login of a client app that was made before: its store holds a key and living tokens. */
export async function keptLogin({ key, tokens, ...options }: Kept = {}): Promise<Login> {
  const store = options.store ?? memoryStore();
  const identity = { issuer: 'https://login.example', clientId: 'app', resource: 'https://api.example/' };
  const chosen = { ...identity, scope: 'model:call', ...options };
  const kept: StoredLogin = {
    issuer: chosen.issuer,
    clientId: chosen.clientId,
    resource: chosen.resource,
    key: key ?? (await generateProofKey()),
    tokens: { accessToken: 'token', expiresAt: Number.MAX_SAFE_INTEGER, granted: [], ...tokens },
  };
  await store.write(kept);
  return new Login({ ...chosen, store });
}
