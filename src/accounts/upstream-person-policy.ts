import { z } from 'zod';
import type { UpstreamProviderConfig } from '../config/schema.js';
import { printable } from '../lib/printable.js';
import { accepted, refused, type Result } from '../lib/result.js';
import type { Account } from './account.js';
import { type Acr, type Authentication, upstreamAmr, weakestAcr } from './authentication.js';
import { readEmailAddress } from './email-address.js';
import type { UpstreamPerson } from './upstream-person.js';

/** Seconds by which the provider's clock may be behind ours. */
const tolerance = 30;

// OIDC Core §2: at most 255 ASCII characters.
const subjectSchema = z.string().regex(/^[\x20-\x7e]{1,255}$/);

/** A person out of claims whose signature, audience and nonce were checked. */
export function readUpstreamPerson(
  claims: Readonly<Record<string, unknown>>,
  { email_verified_claim: verifiedClaim }: Pick<UpstreamProviderConfig, 'email_verified_claim'>,
): Result<UpstreamPerson> {
  const subject = subjectSchema.safeParse(claims['sub']);
  if (!subject.success) return refused('upstream_rejected', 'sub is no text of 1 to 255 ASCII characters');
  const email = readEmailAddress(claims['email']);
  const { auth_time: authTime, acr, iss } = claims;
  return accepted({
    issuer: String(iss),
    subject: subject.data,
    // OIDC Core §5.1: only `true` says that the provider verified it. Not the text, and not silence.
    email: claims[verifiedClaim] === true && email.ok ? email.value : undefined,
    name: nameOf(claims['name']),
    authTime: typeof authTime === 'number' ? authTime : undefined,
    acr: typeof acr === 'string' ? acr : undefined,
  });
}

/** What the new account's owner is called: her name there, else what stands before the @. */
export function displayNameOf({ name, email }: Pick<UpstreamPerson, 'name' | 'email'>): string {
  return name ?? firstOf(email?.split('@', 1)[0] ?? '') ?? '';
}

/**
 * Whether she proved herself at the provider as lately as was asked. OIDC Core §3.1.2.1: with max_age the ID token MUST
 * have auth_time; without it a session there of any age would count as a new sign-in here.
 */
export function checkFreshness(
  { authTime }: Pick<UpstreamPerson, 'authTime'>,
  { askedAt, maxAge }: { readonly askedAt: number; readonly maxAge: number | undefined },
): Result<unknown> {
  if (maxAge === undefined) return accepted(undefined);
  if (authTime === undefined)
    return refused('upstream_rejected', 'auth_time is missing although max_age was asked');
  if (authTime + maxAge + tolerance >= askedAt) return accepted(undefined);
  return refused('upstream_rejected', `auth_time is older than the ${maxAge} seconds that were asked`);
}

/** Law 5: what we verified is that the provider said so about this very login, no more. */
export function upstreamAuthentication(
  { id: accountId, generation: accountGeneration }: Account,
  person: Pick<UpstreamPerson, 'acr' | 'authTime'>,
  provider: Pick<UpstreamProviderConfig, 'acr' | 'acr_values'>,
  now: number,
): Authentication {
  // An older sign-in there is no new one here. Who tells no time is believed for the moment of his answer.
  const authTime = Math.min(person.authTime ?? now, now);
  return { accountId, accountGeneration, acr: acrOf(provider, person), amr: upstreamAmr, authTime };
}

/** The strength that the operator gave, only where this login proved one of the values that were asked. */
function acrOf(
  provider: Pick<UpstreamProviderConfig, 'acr' | 'acr_values'>,
  { acr }: Pick<UpstreamPerson, 'acr'>,
): Acr {
  const proved = acr !== undefined && (provider.acr_values?.split(' ').includes(acr) ?? false);
  return proved ? provider.acr : weakestAcr;
}

function nameOf(claim: unknown): string | undefined {
  if (typeof claim !== 'string') return undefined;
  const plain = printable(claim).trim();
  return firstOf(plain)?.trim() || undefined;
}

/** As much as a name may have; a character that takes two places stays whole. */
function firstOf(text: string): string | undefined {
  return /^.{0,60}/su.exec(text)?.[0];
}
