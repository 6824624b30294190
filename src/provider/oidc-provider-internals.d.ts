/*
 * Types of the inner modules of oidc-provider that internals.ts borrows, as of 9.13.3. It publishes types only for
 * lib/helpers/grants.js. Only what we call is declared.
 */
declare module 'oidc-provider/lib/helpers/als.js' {
  import type { AsyncLocalStorage } from 'node:async_hooks';
  import type { ParameterizedContext } from 'koa';

  const requestContext: AsyncLocalStorage<ParameterizedContext>;
  export default requestContext;
}

declare module 'oidc-provider/lib/helpers/weak_cache.js' {
  import type { Configuration, JWK, Provider, ResourceIndicators } from 'oidc-provider';
  import type { validateGrant } from 'oidc-provider/lib/helpers/grants.js';
  import type { Middleware } from 'koa';

  export type TokenEndpointGrantContext = Parameters<typeof validateGrant>[1];
  interface Router {
    match(method: string, path: string): { readonly route: { readonly name: string } } | undefined;
    url(name: string): string | Error;
    post(name: string, path: string, ...middleware: Middleware[]): this;
    options(name: string, path: string, ...middleware: Middleware[]): this;
  }
  interface ServerChallenge {
    /** The DPoP nonce to hand out now. */
    nextChallenge(): string;
    checkChallenge(nonce: string): boolean;
  }
  interface KeyStore extends Iterable<JWK> {
    add(key: JWK): void;
  }
  type Features = Required<NonNullable<Configuration['features']>> & {
    readonly resourceIndicators: Required<ResourceIndicators>;
  };
  export interface Instance {
    readonly configuration: Required<Omit<Configuration, 'features'>> & { readonly features: Features };
    readonly features: Features;
    readonly router: Router;
    /** Present when features.dPoP.nonceSecret is set. */
    readonly DPoPNonces: ServerChallenge | undefined;
    readonly keystore: KeyStore;
    readonly grantTypeHandlers: Map<string, (ctx: TokenEndpointGrantContext) => Promise<void>>;
    /** What /jwks answers. */
    jwks: { keys: readonly JWK[] };
  }
  export default function instance(provider: Provider): Instance;
}

declare module 'oidc-provider/lib/helpers/grant_common.js' {
  import type {
    AccessToken,
    Account,
    AuthorizationCode,
    BackchannelAuthenticationRequest,
    Grant,
    KoaContextWithOIDC,
    Provider,
    RefreshToken,
  } from 'oidc-provider';

  type Source = AuthorizationCode | BackchannelAuthenticationRequest | RefreshToken;
  export function validateAccount(
    provider: Provider,
    ctx: KoaContextWithOIDC,
    source: Source,
    label: string,
  ): Promise<Account>;
  export function checkAccountMismatch(source: Source, grant: Grant): void;
  export function createAccessToken(
    provider: Provider,
    ctx: KoaContextWithOIDC,
    source: {
      readonly accountId: string;
      readonly grantId?: string | undefined;
      readonly expiresWithSession?: boolean | undefined;
      readonly sessionUid?: string | undefined;
      readonly sid?: string | undefined;
    },
    grantType: string | undefined,
  ): AccessToken;
  // Upstream's own signature.
  // oxlint-disable-next-line max-params
  export function issueIdToken(
    provider: Provider,
    ctx: KoaContextWithOIDC,
    source: Source,
    accessToken: AccessToken,
    grant: Grant,
    scope?: Set<string>,
  ): Promise<string | undefined>;
}

declare module 'oidc-provider/lib/helpers/validate_dpop.js' {
  import type {
    DPoPValidationResult,
    OIDCProviderErrorConstructor,
  } from 'oidc-provider/lib/helpers/grants.js';
  import type { KoaContextWithOIDC, Provider } from 'oidc-provider';

  export default function validateDpop(
    provider: Provider,
    ctx: KoaContextWithOIDC,
    accessToken?: string,
  ): Promise<DPoPValidationResult | undefined>;
  /** Undefined before the proof was validated. */
  export function getDpopJwt(provider: Provider, ctx: KoaContextWithOIDC): object | undefined;
  export function checkDpopReplay(
    provider: Provider,
    ctx: KoaContextWithOIDC,
    proof: DPoPValidationResult | undefined,
    clientId: string,
    ErrorClass?: OIDCProviderErrorConstructor,
  ): Promise<void>;
}

declare module 'oidc-provider/lib/helpers/validate_presence.js' {
  import type { KoaContextWithOIDC } from 'oidc-provider';

  export default function presence(ctx: KoaContextWithOIDC, ...parameters: string[]): void;
}

declare module 'oidc-provider/lib/shared/error_handler.js' {
  import type { Middleware } from 'koa';

  export default function errorHandler(event: string): Middleware;
}

declare module 'oidc-provider/lib/shared/cors.js' {
  import type { Middleware } from 'koa';

  export default function cors(options: {
    readonly allowMethods: string;
    readonly clientBased: boolean;
    readonly maxAge: number;
    readonly exposeHeaders: readonly string[];
  }): Middleware;
}

declare module 'oidc-provider/lib/shared/no_cache.js' {
  import type { Middleware } from 'koa';

  const noCache: Middleware;
  export default noCache;
}

declare module 'oidc-provider/lib/shared/selective_body.js' {
  import type { Middleware } from 'koa';

  export const json: Middleware;
  export const urlencoded: Middleware;
}

declare module 'oidc-provider/lib/shared/assemble_params.js' {
  import type { Context, Next } from 'koa';

  export default function assembleParameters(
    names: ReadonlySet<string>,
    ctx: Context,
    next: Next,
  ): Promise<void>;
}

declare module 'oidc-provider/lib/shared/reject_dupes.js' {
  import type { Context, Next } from 'koa';

  export default function rejectDuplicates(
    options: { readonly except?: ReadonlySet<string>; readonly only?: ReadonlySet<string> },
    ctx: Context,
    next: Next,
  ): Promise<void>;
}

declare module 'oidc-provider/lib/shared/client_auth.js' {
  import type { Context, Middleware } from 'koa';

  const clientAuthentication: readonly Middleware[];
  export default clientAuthentication;
  export function getClientAuthParams(ctx: Context): Set<string>;
}
