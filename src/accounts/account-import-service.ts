import type { Clock } from '../lib/clock.js';
import { foldMailAddress } from '../lib/mail-address.js';
import type { Random } from '../lib/random.js';
import { DatabaseUnavailable } from '../lib/unavailable.js';
import type { Transaction } from '../lib/transaction.js';
import type { SecurityEvents } from '../observability/events.js';
import {
  planImport,
  readImportLine,
  type ImportedPerson,
  type ImportLine,
  type WrongLine,
} from './account-import-policy.js';
import type { AccountImportStore } from './account-import-store.js';
import type { AccountStore } from './account-store.js';
import { newAccount, type AccountId } from './account.js';
import { newUpstreamIdentity } from './new-upstream-identity.js';
import type { UpstreamIdentityStore } from './upstream-identity-store.js';
import { displayNameOf } from './upstream-person-policy.js';

export interface AccountImportPorts {
  readonly imports: AccountImportStore;
  readonly accounts: Pick<AccountStore, 'insert'>;
  readonly identities: Pick<UpstreamIdentityStore, 'link'>;
  readonly transaction: Transaction;
  readonly events: Pick<SecurityEvents, 'accountsImported'>;
  /** As people are to know each issuer. */
  readonly issuers: ReadonlyMap<string, string>;
  readonly clock: Clock;
  readonly random: Random;
}

/** What a batch did, or would do. */
export interface BatchResult {
  readonly made: number;
  readonly linked: number;
  readonly unchanged: number;
  readonly wrong: readonly WrongLine[];
}

/** Somebody came in by another way at this very moment: the batch is rolled back. */
class Overtaken extends Error {
  readonly line: number;

  constructor(line: number) {
    super(`line ${line} was overtaken`);
    this.line = line;
  }
}

/** The store throws where the id itself came to an account. */
function takenUnlessAway(error: unknown): 'taken' {
  if (error instanceof DatabaseUnavailable) throw error;
  return 'taken';
}

/** Brings people in with the ids that others know them by. A batch comes in whole or not at all. */
export class AccountImportService {
  readonly #ports: AccountImportPorts;

  constructor(ports: AccountImportPorts) {
    this.#ports = ports;
  }

  async run(lines: readonly ImportLine[], dryRun: boolean): Promise<BatchResult> {
    const { imports, issuers, transaction } = this.#ports;
    const read = lines.map((line) => readImportLine(line, [...issuers.keys()]));
    const people = read.filter((each): each is ImportedPerson => 'person' in each);
    const unread = read.filter((each): each is WrongLine => 'problem' in each);
    const plan = planImport(people, await imports.look(people), foldMailAddress);
    const wrong = [...unread, ...plan.wrong].toSorted((one, other) => one.line - other.line);
    const counts = { made: plan.make.length, linked: plan.link.length, unchanged: plan.unchanged, wrong };
    if (dryRun) return counts;
    if (wrong.length > 0) return { made: 0, linked: 0, unchanged: 0, wrong };
    try {
      await transaction.run(() => this.#write(plan));
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
      const problem = 'somebody came to this account, identity or address at this moment; import again';
      return { made: 0, linked: 0, unchanged: 0, wrong: [{ line: error.line, problem }] };
    }
    if (counts.made + counts.linked > 0)
      this.#ports.events.accountsImported({ made: counts.made, linked: counts.linked });
    return counts;
  }

  async #write({
    make,
    link,
  }: {
    readonly make: readonly ImportedPerson[];
    readonly link: readonly ImportedPerson[];
  }) {
    const { accounts, clock } = this.#ports;
    const at = new Date(clock.now());
    for (const { line, sub, person } of make) {
      const account = {
        ...newAccount(sub as AccountId, at),
        displayName: displayNameOf(person),
        email: person.email,
      };
      const inserted = await accounts.insert(account).catch(takenUnlessAway);
      if (inserted !== 'inserted') throw new Overtaken(line);
    }
    for (const each of [...make, ...link]) await this.#link(each, at);
  }

  async #link({ line, sub, person }: ImportedPerson, linkedAt: Date): Promise<void> {
    const { identities, issuers, random } = this.#ports;
    const provider = { name: issuers.get(person.issuer) ?? person.issuer };
    const identity = newUpstreamIdentity(random, { accountId: sub as AccountId, person, provider, linkedAt });
    if (!(await identities.link(identity))) throw new Overtaken(line);
  }
}
