import { errors, Provider, type Client, type KoaContextWithOIDC } from 'oidc-provider';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { useOfProof, type ReplayStore } from '../binding/replay-store.js';
import { epochSeconds, type Clock } from '../lib/clock.js';
import { harmless } from '../lib/harmless.js';
import { sameBytes, sha256 } from '../lib/hashing.js';
import { newAccessToken, newRefreshToken } from '../lib/opaque-token.js';
import type { Random } from '../lib/random.js';
import { adaptAskedAcr } from './asked-acr.js';
import { jwtDigest, recordAccessToken } from './access-token-adapter.js';
import type { AccessTokenRecord, AccessTokenStore } from './access-token-store.js';
import { hashedSecret } from './client-secret.js';
import { judgedProof } from './internals.js';
import { throughStore, withRefusal } from './provider-error.js';

interface TokenModel {
  jti: string;
  iat: number;
  exp: number;
  kind: string;
  format?: string;
  aud?: string;
  readonly expiration: number;
  generateTokenId: (this: TokenModel) => string;
  getValueAndPayload: (this: TokenModel) => Promise<{ value: string; payload?: Record<string, unknown> }>;
}

export interface ModelPorts {
  readonly accessTokens: AccessTokenStore;
  readonly replays: ReplayStore;
  readonly clock: Clock;
  readonly random: Random;
  /** Seconds that an assertion's jti is remembered at the least. */
  readonly replayMemory: number;
}

/** Teaches this provider's models our token format, recorded JWTs, hashed client secrets and atomic single use. */
export function adaptModels(provider: Provider, ports: ModelPorts): void {
  adaptAccessTokens(provider.AccessToken.prototype as unknown as TokenModel, 'AccessToken', ports);
  adaptAccessTokens(
    provider.ClientCredentials.prototype as unknown as TokenModel,
    'ClientCredentials',
    ports,
  );
  adaptRefreshTokens(provider, ports.random);
  adaptSessions(provider);
  adaptClients(provider);
  adaptIdTokens(provider);
  adaptAskedAcr(provider);
  adaptReplayDetection(provider, ports);
}

function adaptAccessTokens(prototype: TokenModel, kind: AccessTokenRecord['kind'], ports: ModelPorts): void {
  const stockId = prototype.generateTokenId;
  prototype.generateTokenId = function generateTokenId(this: TokenModel): string {
    const stock = stockId.call(this); // also settles the format
    // The value names the hour of expiry, so expiry is fixed here: both must come from one reading of the clock.
    this.iat = epochSeconds(ports.clock);
    this.exp = this.iat + this.expiration;
    return this.format === 'jwt' ? stock : newAccessToken(ports.random, this.exp);
  };

  const stockValue = prototype.getValueAndPayload;
  prototype.getValueAndPayload = async function getValueAndPayload(this: TokenModel) {
    // RFC 8707 §2: without a person there is no userinfo, so a token without an audience would be good for nothing.
    if (kind === 'ClientCredentials' && this.aud === undefined) {
      throw withRefusal(
        new errors.InvalidTarget(),
        'resource_invalid',
        'client_credentials without a resource',
      );
    }
    const made = await stockValue.call(this);
    if (this.format !== 'jwt') return made;
    // oidc-provider never stores a JWT access token; recorded here it can be introspected and revoked like an opaque one.
    const payload = modelPayload(this);
    await throughStore(() => recordAccessToken(ports.accessTokens, kind, jwtDigest(this.jti), payload));
    return made;
  };
}

interface RefreshTokenModel {
  jkt?: string | undefined;
  'x5t#S256'?: string | undefined;
  generateTokenId: () => string;
  save: (this: RefreshTokenModel) => Promise<string>;
}

function adaptRefreshTokens(provider: Provider, random: Random): void {
  const prototype = provider.RefreshToken.prototype as unknown as RefreshTokenModel;
  prototype.generateTokenId = () => newRefreshToken(random);
  const stockSave = prototype.save;
  // RFC 9449 §5 binds the refresh tokens of public clients only; ours binds all, unless a confidential client with a
  // key per node asked not to (`refresh_token_key_bound: false`).
  prototype.save = function save(this: RefreshTokenModel): Promise<string> {
    const oidc = (Provider.ctx as KoaContextWithOIDC | undefined)?.oidc;
    const unbound = oidc?.client?.['refresh_token_key_bound'] === false;
    if (!unbound) this.jkt ??= oidc?.entities.AccessToken?.jkt;
    if (!unbound && !renewsCertificates(oidc?.client)) {
      this['x5t#S256'] ??= oidc?.entities.AccessToken?.['x5t#S256'];
    }
    return stockSave.call(this);
  };
}

/** RFC 8705 §7.1: a client that authenticates by certificate is bound to whatever certificate it has by then. */
function renewsCertificates(client: Client | undefined): boolean {
  return client?.clientAuthMethod?.includes('tls_client_auth') === true;
}

function modelPayload(token: TokenModel): Record<string, unknown> {
  const names = (token.constructor as unknown as { IN_PAYLOAD: string[] }).IN_PAYLOAD;
  const values = token as unknown as Record<string, unknown>;
  const payload = Object.fromEntries(names.map((name) => [name, values[name]]));
  return { ...payload, format: 'jwt' };
}

interface SessionModel {
  oldId?: string | undefined;
  replacedId?: string | undefined;
  save: (this: SessionModel, ttl: number) => Promise<string>;
}

function adaptSessions(provider: Provider): void {
  const prototype = provider.Session.prototype as SessionModel;
  const stored = (provider.Session as unknown as { IN_PAYLOAD: string[] }).IN_PAYLOAD;
  Object.defineProperty(provider.Session, 'IN_PAYLOAD', { value: [...stored, 'replacedId'] });
  const stockSave = prototype.save;
  // Stock code destroys the row of the old id and inserts another; ours is one row by uid whose digest is replaced,
  // so that neither ending the session nor giving it another id can be undone by a request that was under way.
  prototype.save = function save(this: SessionModel, ttl: number): Promise<string> {
    this.replacedId = this.oldId;
    delete this.oldId;
    return stockSave.call(this, ttl);
  };
}

function adaptClients(provider: Provider): void {
  const prototype = provider.Client.prototype as unknown as {
    clientSecret: string;
    compareClientSecret(actual: string): boolean;
  };
  prototype.compareClientSecret = function compareClientSecret(
    this: { clientSecret: string },
    actual: string,
  ) {
    return sameBytes(Buffer.from(hashedSecret(actual)), Buffer.from(this.clientSecret));
  };
}

/** RFC 8725 §3.11: a logout token has the same keys, issuer and audience, but its type says that it is no ID token. */
function adaptIdTokens(provider: Provider): void {
  const model = provider.IdToken as unknown as { validate(jwt: string, client: unknown): Promise<unknown> };
  const stockValidate = model.validate.bind(model);
  model.validate = async (jwt, client) => {
    const header = decodeProtectedHeader(jwt);
    const { typ } = header;
    if (typ !== undefined && typ !== 'JWT') throw new Error(`a JWT of type ${harmless(typ)} is no ID token`);
    // RFC 7515 §4.1.11, RFC 7797 §7: ours say of nothing that it is critical, and are encoded.
    if ('crit' in header || 'b64' in header) throw new Error('an ID token with crit or b64 is none of ours');
    // OpenID Connect Core §2: an ID token has an end; an answer of userinfo, signed likewise, has none.
    if (decodeJwt(jwt).exp === undefined) throw new Error('a JWT without exp is no ID token');
    return stockValidate(jwt, client);
  };
}

function adaptReplayDetection(provider: Provider, ports: ModelPorts): void {
  const rememberedBy = new WeakMap<object, Set<string>>();
  const unique = async (issuer: string, jti: string, expiresAt: number): Promise<boolean> => {
    const ctx = Provider.ctx as KoaContextWithOIDC | undefined;
    const proof = ctx && (await judgedProof(provider, ctx));
    const use = proof?.jti === jti ? useOfProof({ ...proof, jkt: proof.thumbprint }) : undefined;
    const key = use?.key ?? sha256(JSON.stringify([issuer, jti]));
    // One request may ask twice about its own proof (before its transaction and again within).
    const seen = ctx && (rememberedBy.get(ctx) ?? new Set<string>());
    if (ctx && seen) {
      if (seen.has(key.toString('hex'))) return true;
      rememberedBy.set(ctx, seen.add(key.toString('hex')));
    }
    if (use) return throughStore(() => ports.replays.rememberProof(use));
    const until = Math.max(expiresAt, epochSeconds(ports.clock) + ports.replayMemory);
    return throughStore(() => ports.replays.remember(key, new Date(until * 1000)));
  };
  // RFC 9449 §11.1: remember each jti for as long as the proof would be accepted; stock is find-then-save and too short.
  (provider.ReplayDetection as unknown as { unique: typeof unique }).unique = unique;
}
