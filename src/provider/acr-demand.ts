import { type Acr, acrLadder, hardwareAcr, isAcr } from '../accounts/authentication.js';
import type { Config } from '../config/schema.js';
import { isRecord } from '../lib/json.js';

/** The least strength that a login must have. `impossible`: an essential acr of which we support nothing. */
export type AcrDemand = Acr | 'impossible' | undefined;

type Params = Readonly<Record<string, unknown>>;

/**
 * What the logins here can reach. A hardware key is proven by attestation alone, or by an upstream provider whose word
 * the operator takes for it; the test login reaches everything.
 */
export function supportedAcrs(config: LoginSettings): Acr[] {
  const { attestation, upstream_providers: upstream, dangerously_allow_test_login: test } = config;
  const hardware =
    attestation.metadata !== undefined || test || upstream.some(({ acr }) => acr === hardwareAcr);
  return acrLadder.filter((acr) => acr !== hardwareAcr || hardware);
}

type LoginSettings = Pick<Config, 'attestation' | 'upstream_providers' | 'dangerously_allow_test_login'>;

/** What an authorization request demands by `acr_values` and by an essential acr claim: both hold. */
export function acrDemandOf(params: Params, supported: readonly Acr[]): AcrDemand {
  // RFC 9470 §4: who names values that we support gets one of them, or none; OIDC Core §3.1.2.1: the rest is voluntary.
  const asked = leastAcr(params['acr_values'], supported);
  const essential = essentialAcrClaim(params);
  if (!essential) return asked;
  // OIDC Core §5.5.1.1: an essential acr that can't be had MUST be treated as a failed authentication.
  const least = leastOf(valuesOf(essential), supported);
  if (least === undefined) return 'impossible';
  return asked !== undefined && rungOf(asked) > rungOf(least) ? asked : least;
}

/** The weakest of the space-separated `acrValues` that we support: every stronger one does as well. */
export function leastAcr(acrValues: unknown, supported: readonly Acr[]): Acr | undefined {
  return typeof acrValues === 'string' ? leastOf(acrValues.split(' '), supported) : undefined;
}

/** Whether a login of strength `achieved` is enough for an interaction, or for any demand. */
export function meetsDemand(
  { demand }: { readonly demand: AcrDemand },
  achieved: string | undefined,
): boolean {
  if (demand === undefined) return true;
  return demand !== 'impossible' && rungOf(achieved) >= rungOf(demand);
}

/**
 * OIDC Core §5.5.1.1: the acr of an ID token MUST match one of the values that were asked. Of those, the strongest that
 * the real one dominates; the real one where nothing fits.
 * @param asked the acr claim as it was requested
 */
export function toldAcr(real: string | undefined, asked: unknown): string | undefined {
  const values = isRecord(asked) ? valuesOf(asked) : [];
  if (real === undefined || values.includes(real)) return real;
  return acrLadder.findLast((acr) => values.includes(acr) && rungOf(acr) <= rungOf(real)) ?? real;
}

/** The acr claim that the ID token is asked for as essential, with the values to choose from. */
export function essentialAcrClaim({ claims }: Params): Readonly<Record<string, unknown>> | undefined {
  if (typeof claims !== 'string') return undefined;
  const { id_token: idToken } = JSON.parse(claims) as { id_token?: Params };
  const acr = idToken?.['acr'];
  return isRecord(acr) && acr['essential'] === true && valuesOf(acr).length > 0 ? acr : undefined;
}

/** What is wrong with the acr claim of a `claims` parameter (OIDC Core §5.5.1); undefined: nothing. */
export function acrClaimProblem(claims: Params): string | undefined {
  const idToken = claims['id_token'];
  const acr = isRecord(idToken) ? idToken['acr'] : undefined;
  if (acr === undefined || acr === null) return undefined;
  if (!isRecord(acr)) return 'claims.id_token.acr must be null or an object';
  const { essential, value, values } = acr;
  if (essential !== undefined && typeof essential !== 'boolean') {
    return 'claims.id_token.acr.essential must be true or false';
  }
  if (value !== undefined && typeof value !== 'string') return 'claims.id_token.acr.value must be a string';
  if (values === undefined) return undefined;
  const texts =
    Array.isArray(values) && values.length > 0 && values.every((each) => typeof each === 'string');
  return texts ? undefined : 'claims.id_token.acr.values must be a list of strings';
}

function valuesOf({ value, values }: Params): string[] {
  const all: unknown[] = [value, ...(Array.isArray(values) ? (values as unknown[]) : [])];
  return all.filter((each) => typeof each === 'string');
}

function leastOf(values: readonly string[], supported: readonly Acr[]): Acr | undefined {
  return supported.find((acr) => values.includes(acr));
}

/** -1 for what is not on the ladder: it proves nothing. */
function rungOf(acr: string | undefined): number {
  return acr !== undefined && isAcr(acr) ? acrLadder.indexOf(acr) : -1;
}
