import { configSchema, type Config } from '../../src/config/schema.js';
import { sha256 } from '../../src/lib/hashing.js';
import { bucketOf, newAccessToken, newRefreshToken } from '../../src/lib/opaque-token.js';
import { systemRandom } from '../../src/lib/random.js';
import { jwtDigest } from '../../src/provider/access-token-adapter.js';
import type { AccessTokenRecord } from '../../src/provider/access-token-store.js';
import { createKeystore } from '../../src/provider/keystore.js';
import type { RefreshTokenRecord } from '../../src/provider/refresh-token-store.js';
import { openSigningKeys } from '../../src/provider/signing-keys.js';
import { openGates } from '../../src/resource/call-gates.js';
import { createCallProofs } from '../../src/resource/call-proofs.js';
import { defaultProofPolicy } from '../../src/proof/proof.js';
import { bytesOf } from '../../src/resource/presented-token.js';
import type { ResourcePorts } from '../../src/resource/resource-ports.js';
import { spendableApprovals } from './spendable-approvals.js';
import { manualClock } from './manual-clock.js';
import { signingKeysInMemory } from './signing-keys-in-memory.js';
import { tokensInMemory } from './tokens-in-memory.js';

export const issuer = 'https://login.example';
export const models = 'https://models.example/';
export const cheap = 'https://cheap.example/';

/** The ports of introspection and revocation in memory, and a mint for the tokens that they are asked about. */
export async function resourceDesk() {
  const clock = manualClock();
  const config: Config = {
    ...configSchema.parse({
      resources: [
        { identifier: models, scope: 'chat', resource_servers: ['gateway'] },
        { identifier: cheap, scope: 'tiny', resource_servers: ['gateway'] },
      ],
    }),
    issuer,
    management_port: 0,
    gateway_port: 0,
    rp_id: 'login.example',
    upstream_providers: [],
    webhooks: [],
  };
  const keystore = createKeystore({
    store: signingKeysInMemory(),
    masterKey: Buffer.alloc(32, 3),
    clock,
    settings: () => config.key_rotation,
  });
  const keys = await openSigningKeys({ keystore, onError: () => {} });
  const { statements, hold, ...stores } = tokensInMemory();
  const approvals = spendableApprovals();
  const used = new Set<string>();
  const firstUse = (key: string) => used.size < used.add(key).size;
  const misuses: unknown[] = [];
  const denials: unknown[] = [];
  const judged: unknown[] = [];
  const observed: unknown[] = [];
  const noted: { readonly code: string; readonly detail?: string; readonly id: string }[] = [];
  const revoked: { what: string; id: string }[] = [];
  const ports: ResourcePorts = {
    config,
    clock,
    keys,
    ...stores,
    grants: stores.grants as ResourcePorts['grants'],
    takeIntrospection: () => undefined,
    ...openGates,
    tierDevices: { use: async () => true },
    calls: {
      find: async ({ place }) => ({
        token: place && (await stores.accessTokens.find(bytesOf(place), place.bucket)),
        callerVersion: undefined,
      }),
    },
    proofs: createCallProofs({
      clock,
      policy: defaultProofPolicy,
      nonceKey: Buffer.alloc(32, 7),
      requireNonce: true,
      replays: { rememberProof: (use) => Promise.resolve(firstUse(use.key.toString('hex'))) },
    }),
    random: systemRandom,
    tiers: { current: config.tiers },
    approvals: approvals.store,
    usage: { record: () => Promise.resolve(new Set()) },
    metrics: { callJudged: (call) => void judged.push(call), callObserved: () => {} },
    observations: { note: (call) => void observed.push(call) },
    legacyCredentials: { find: () => Promise.resolve(undefined), spend: () => Promise.resolve('gone') },
    refusalLog: { note: (refusal, { requestId }) => void noted.push({ ...refusal, id: requestId }) },
    events: {
      revoked: (event) => void revoked.push(event),
      proofReplayed: (event) => void misuses.push(event),
      tokenMisuse: (event) => void misuses.push(event),
      callDenied: (event) => void denials.push(event),
      callObserved: () => {},
    },
  };
  const now = () => Math.floor(clock.now() / 1000);

  function record(facts: Partial<AccessTokenRecord>): AccessTokenRecord {
    const expiresAt = facts.expiresAt ?? now() + 300;
    return {
      digest: Buffer.alloc(32),
      bucket: bucketOf(expiresAt),
      kind: 'AccessToken',
      format: 'opaque',
      clientId: 'app',
      accountId: 'acc_1',
      grantId: 'grant_1',
      sessionUid: undefined,
      certificate: undefined,
      jkt: 'the-thumbprint',
      scope: 'chat',
      audience: models,
      acr: 'urn:holdfast:acr:phr',
      amr: ['pop', 'user', 'mfa'],
      authTime: now() - 60,
      issuedAt: now(),
      expiresAt,
      payload: {},
      ...facts,
    };
  }

  const desk = {
    ports,
    clock,
    keystore,
    keys,
    revoked,
    approvals,
    hold,
    misuses,
    denials,
    judged,
    observed,
    noted,
    now,
    /** Names of the statements that `work` caused. */
    statementsOf: async (work: () => Promise<unknown>): Promise<string[]> => {
      statements.length = 0;
      await work();
      return [...statements];
    },
    mintAccessToken: async (facts: Partial<AccessTokenRecord> = {}): Promise<string> => {
      const value = newAccessToken(systemRandom, facts.expiresAt ?? now() + 300);
      await stores.accessTokens.insert({ ...record(facts), digest: sha256(value) });
      return value;
    },
    mintJwt: async (facts: Partial<AccessTokenRecord> = {}, algorithm = 'ES256'): Promise<string> => {
      const jti = newRefreshToken(systemRandom);
      const stored = { ...record(facts), format: 'jwt' as const, digest: jwtDigest(jti) };
      await stores.accessTokens.insert(stored);
      return desk.signJwt({ jti, exp: stored.expiresAt }, { algorithm });
    },
    /** A JWT with the claims of an access token, signed by our current key. */
    signJwt: (
      claims: Record<string, unknown>,
      header: { algorithm?: string; type?: string } = {},
    ): Promise<string> =>
      keys.snapshot.sign(
        { iss: issuer, aud: models, client_id: 'app', sub: 'acc_1', jti: 'x', exp: now() + 300, ...claims },
        { algorithm: header.algorithm ?? 'ES256', type: header.type ?? 'at+jwt' },
      ),
    mintRefreshToken: async (facts: Partial<RefreshTokenRecord> = {}): Promise<string> => {
      const value = newRefreshToken(systemRandom);
      await stores.refreshTokens.insert({
        digest: sha256(value),
        clientId: 'app',
        accountId: 'acc_1',
        grantId: 'grant_1',
        sessionUid: undefined,
        certificate: undefined,
        jkt: 'the-thumbprint',
        issuedAt: now(),
        expiresAt: now() + 1000,
        payload: { scope: 'openid chat' },
        ...facts,
      });
      return value;
    },
  };
  return desk;
}
