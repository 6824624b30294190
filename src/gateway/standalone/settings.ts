import type { AuthorizationSettings, AuthorizationWish } from '../authz/settings.js';
import type { GuardMode } from '../guard-options.js';

/** What `holdfast gateway` was told on the command line and by variables, before anybody looked whether it makes sense. */
export interface GatewayWish extends AuthorizationWish {
  readonly upstream?: string;
  readonly api?: string;
  readonly keyFile?: string;
  readonly keyCommand?: string;
  readonly keySeconds?: string;
  /** False: the provider wants no key. */
  readonly key?: boolean;
  readonly issuer?: string;
  readonly resource?: string;
  readonly publicUrl?: string;
  readonly clientId?: string;
  readonly clientSecretFile?: string;
  readonly mode?: string;
  readonly host?: string;
  readonly port?: string;
  readonly managementHost?: string;
  readonly managementPort?: string;
  readonly prices?: string;
  readonly scope?: string;
  readonly listScope?: string;
  readonly pass?: readonly string[];
  readonly passField?: readonly string[];
  readonly passMember?: readonly string[];
  readonly bodyLimit?: string;
  readonly answerTimeout?: string;
  readonly idleTimeout?: string;
  readonly drain?: string;
  readonly usageJournal?: string;
  readonly dangerouslyAllowBearer?: boolean;
}

/** What must not stand on a command line, which everybody on the machine can read. */
export interface GatewaySecrets {
  readonly clientSecret: string | undefined;
  readonly upstreamKey: string | undefined;
  /** Of the proxy that asks at /authz. */
  readonly authzSecret?: string | undefined;
}

export const apiNames = ['openai', 'anthropic', 'gemini'] as const;
export type ApiName = (typeof apiNames)[number];

export interface GatewaySettings {
  readonly issuer: string;
  readonly resource: string;
  readonly publicUrl: string;
  readonly clientId: string;
  readonly clientSecretFile: string | undefined;
  readonly mode: GuardMode;
  readonly listen: { readonly host: string; readonly port: number };
  readonly management: { readonly host: string; readonly port: number };
  readonly drainMilliseconds: number;
  readonly usageJournal: string | undefined;
  /** Whether bearer credentials of before are asked about. */
  readonly dangerouslyAllowBearer?: boolean;
  /** What its metadata names. */
  readonly scopes: readonly string[];
  /** Undefined: no proxy asks. */
  readonly authorization: AuthorizationSettings | undefined;
  /** Undefined: nothing stands behind it. */
  readonly provider: ProviderSettings | undefined;
}

export interface ProviderSettings {
  readonly upstream: string;
  readonly api: ApiName;
  readonly key: KeyPlace;
  readonly pricesFile: string | undefined;
  readonly scope: readonly string[];
  readonly listScope: readonly string[];
  readonly passed: readonly { readonly method: 'GET' | 'POST'; readonly path: string }[];
  readonly moreFields: readonly string[];
  readonly moreMembers: readonly string[];
  readonly longestBody: number;
  readonly headersMilliseconds: number;
  readonly idleMilliseconds: number;
}

export type KeyPlace =
  | { readonly kind: 'none' | 'environment' }
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'command'; readonly command: string; readonly seconds: number };
