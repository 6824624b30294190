import { randomBase62 } from '../lib/base62.js';
import type { Random } from '../lib/random.js';
import type { AccountId } from './account.js';
import type { UpstreamIdentity } from './upstream-identity.js';
import type { UpstreamPerson } from './upstream-person.js';

export interface NewIdentityFacts {
  readonly accountId: AccountId;
  readonly person: UpstreamPerson;
  readonly provider: { readonly name: string };
  readonly linkedAt: Date;
}

/** The row of an identity that its owner links just now. */
export function newUpstreamIdentity(random: Random, facts: NewIdentityFacts): UpstreamIdentity {
  const { accountId, person, provider, linkedAt } = facts;
  return {
    id: `idn_${randomBase62(random, 22)}`,
    issuer: person.issuer,
    subject: person.subject,
    accountId,
    providerName: provider.name,
    email: person.email,
    linkedAt,
    lastUsedAt: linkedAt,
  };
}
