import type { UpstreamPerson } from './upstream-person.js';
import { readUpstreamPerson } from './upstream-person-policy.js';

/** One line of a file of people, as it was read: what each column says. */
export interface ImportLine {
  readonly line: number;
  readonly columns: Readonly<Record<string, unknown>>;
}

/** A person who is to come in with the id that others know her by. */
export interface ImportedPerson {
  readonly line: number;
  readonly sub: string;
  readonly person: UpstreamPerson;
}

export interface WrongLine {
  readonly line: number;
  readonly problem: string;
}

/** What is there already of those who are to come in. */
export interface KnownPeople {
  readonly accounts: ReadonlySet<string>;
  /** Account by `identityKey`. */
  readonly identities: ReadonlyMap<string, string>;
  /** Account by folded address. */
  readonly addresses: ReadonlyMap<string, string>;
}

export interface ImportPlan {
  readonly make: readonly ImportedPerson[];
  readonly link: readonly ImportedPerson[];
  readonly unchanged: number;
  readonly wrong: readonly WrongLine[];
}

const names = new Set(['sub', 'issuer', 'issuer_sub', 'email', 'email_verified', 'name']);
// WebAuthn L3 §4: it becomes the user handle of her passkeys, which has 64 bytes at the most.
const subShape = /^[A-Za-z0-9._~|:@+=-]{1,64}$/;

export function identityKey({ issuer, subject }: Pick<UpstreamPerson, 'issuer' | 'subject'>): string {
  return JSON.stringify([issuer, subject]);
}

/** Who one line is about, or what is wrong with it. */
export function readImportLine(
  { line, columns }: ImportLine,
  issuers: readonly string[],
): ImportedPerson | WrongLine {
  const wrong = (problem: string) => ({ line, problem });
  if (Object.keys(columns).length === 0) return wrong('it could not be read');
  const foreign = Object.keys(columns).find((name) => !names.has(name));
  if (foreign !== undefined) return wrong(`there is no column ${foreign}; it has ${[...names].join(', ')}`);
  const { sub, issuer, issuer_sub: subject, email, email_verified: verified, name } = columns;
  if (typeof sub !== 'string' || !subShape.test(sub)) {
    return wrong('sub must be 1 to 64 of A-Z a-z 0-9 . _ ~ | : @ + = -');
  }
  if (typeof issuer !== 'string' || !issuers.includes(issuer)) {
    return wrong('issuer is none of trusted_issuers or upstream_providers');
  }
  const proven = truth(verified);
  if (proven === undefined) return wrong('email_verified must be true or false');
  const claims = {
    iss: issuer,
    sub: subject,
    email: email === '' ? undefined : email,
    email_verified: proven,
    name,
  };
  const read = readUpstreamPerson(claims, { email_verified_claim: 'email_verified' });
  if (!read.ok) return wrong('issuer_sub must be 1 to 255 printable ASCII characters');
  if (proven && read.value.email === undefined) return wrong('email is no e-mail address');
  return { line, sub, person: read.value };
}

function truth(value: unknown): boolean | undefined {
  if (value === undefined || value === '' || value === null) return false;
  if (typeof value === 'boolean') return value;
  if (value === 'true') return true;
  return value === 'false' ? false : undefined;
}

/** What a batch would do. Nobody is merged: who has an identity or an address already keeps it (decision 0038). */
export function planImport(
  people: readonly ImportedPerson[],
  known: KnownPeople,
  fold: (email: string) => string,
): ImportPlan {
  const accounts = new Set(known.accounts);
  const identities = new Map(known.identities);
  const addresses = new Map(known.addresses);
  const plan = {
    make: [] as ImportedPerson[],
    link: [] as ImportedPerson[],
    unchanged: 0,
    wrong: [] as WrongLine[],
  };
  for (const each of people) {
    const { line, sub, person } = each;
    const key = identityKey(person);
    const problem = conflictOf(each, identities.get(key), addressOwner(person, addresses, fold));
    if (problem !== undefined) plan.wrong.push({ line, problem });
    else if (identities.has(key)) plan.unchanged += 1;
    else (accounts.has(sub) ? plan.link : plan.make).push(each);
    if (problem !== undefined) continue;
    accounts.add(sub);
    identities.set(key, sub);
    if (person.email !== undefined) addresses.set(fold(person.email), sub);
  }
  return plan;
}

function addressOwner(
  { email }: UpstreamPerson,
  addresses: ReadonlyMap<string, string>,
  fold: (email: string) => string,
): string | undefined {
  return email === undefined ? undefined : addresses.get(fold(email));
}

function conflictOf(
  { sub }: ImportedPerson,
  identityOwner: string | undefined,
  owner: string | undefined,
): string | undefined {
  if (identityOwner !== undefined && identityOwner !== sub) {
    return `issuer and issuer_sub belong to ${identityOwner}`;
  }
  if (owner !== undefined && owner !== sub) {
    return `the address belongs to ${owner}; people are never merged by it, so leave it out`;
  }
  return undefined;
}
