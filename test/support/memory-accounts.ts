import type { AccountStore } from '../../src/accounts/account-store.js';
import type { Account, AccountId } from '../../src/accounts/account.js';
import type { ChallengeStore, StoredChallenge } from '../../src/accounts/challenge-store.js';
import type { PasskeyStore } from '../../src/accounts/passkey-store.js';
import type { Passkey } from '../../src/accounts/passkey.js';
import { signCountRegressed } from '../../src/accounts/webauthn-policy.js';
import type { Transaction } from '../../src/lib/transaction.js';

/** The stores of the accounts area in memory, with a transaction that rolls both back together. */
export class MemoryAccounts {
  #accounts = new Map<AccountId, Account>();
  #passkeys = new Map<string, Passkey>();
  readonly #challenges = new Map<string, StoredChallenge>();
  /** How often each was asked: tests compare the statements of two answers. */
  readonly asked: string[] = [];

  readonly accounts: AccountStore = {
    insert: async (account) => {
      if (account.email !== undefined && this.#byEmail(account.email)) return 'email_taken';
      if (account.login !== undefined && this.#byLogin(account.login)) return 'login_taken';
      this.#accounts.set(account.id, { ...account, generation: 0 });
      return 'inserted';
    },
    find: async (id) => {
      this.asked.push('accounts.find');
      return this.#accounts.get(id);
    },
    findByLogin: async (login) => this.#byLogin(login),
    findByEmail: async (email) => this.#byEmail(email),
    setEmail: async (id, email) => {
      const taken = this.#byEmail(email);
      if (taken && taken.id !== id) return 'email_taken';
      return this.#change(id, { email }) ? 'changed' : 'unknown';
    },
    setLocale: async (id, locale) => void this.#change(id, { locale }),
    holdPaidTiers: async (id, paidTiersHeldUntil) => void this.#change(id, { paidTiersHeldUntil }),
    list: async ({ limit }) => [...this.#accounts.values()].slice(0, limit),
    disable: async (id, at) => this.#change(id, { disabledAt: at }),
    enable: async (id) => this.#change(id, { disabledAt: undefined }),
    remove: async (id) => this.#accounts.delete(id),
    revoke: async (id) => this.#accounts.has(id),
  };

  readonly passkeys: PasskeyStore = {
    insert: async (passkey) => {
      const key = passkey.credentialId.toString('hex');
      if (this.#passkeys.has(key)) return 'duplicate';
      this.#passkeys.set(key, passkey);
      return 'inserted';
    },
    insertFirst: async (passkey) =>
      this.#of(passkey.accountId).length > 0 ? 'not_first' : await this.passkeys.insert(passkey),
    find: async (credentialId) => {
      this.asked.push('passkeys.find');
      return this.#passkeys.get(Buffer.from(credentialId).toString('hex'));
    },
    listOf: async (accountId) => this.#of(accountId),
    recordUse: async (credentialId, { signCount, backedUp, at }) => {
      const before = this.#passkeys.get(Buffer.from(credentialId).toString('hex'));
      if (!before) return 'regressed';
      if (signCountRegressed(before.signCount, signCount)) {
        this.#keep({ ...before, regressedAt: before.regressedAt ?? at });
        return 'regressed';
      }
      const backupChangedAt = before.backedUp === backedUp ? before.backupChangedAt : at;
      this.#keep({ ...before, signCount, backedUp, backupChangedAt, lastUsedAt: at });
      return 'recorded';
    },
    rename: async (accountId, credentialId, name) => {
      const passkey = this.#of(accountId).find((each) => each.credentialId.equals(credentialId));
      if (passkey) this.#keep({ ...passkey, name });
      return passkey !== undefined;
    },
    remove: async (accountId, credentialId, removedAt) => {
      const all = this.#of(accountId);
      const passkey = all.find((each) => each.credentialId.equals(credentialId));
      if (!passkey) return 'unknown';
      if (all.length === 1) return 'last';
      this.#keep({ ...passkey, removedAt });
      return 'removed';
    },
    removeHeld: (accountId, credentialId, { at }) => this.passkeys.remove(accountId, credentialId, at),
    removeAddedSince: async (accountId, { since, before }, removedAt) => {
      const added = this.#of(accountId).filter(
        ({ createdAt, madeBy }) =>
          createdAt >= since && (!before || createdAt < before) && madeBy !== 'sign_up',
      );
      for (const passkey of added) this.#keep({ ...passkey, removedAt });
      return added;
    },
  };

  readonly challenges: ChallengeStore = {
    put: async (challenge) => {
      this.#challenges.set(challenge.digest.toString('hex'), challenge);
    },
    take: async (digest, now) => {
      this.asked.push('challenges.take');
      const key = Buffer.from(digest).toString('hex');
      const challenge = this.#challenges.get(key);
      this.#challenges.delete(key);
      return challenge && challenge.expiresAt > now ? challenge : undefined;
    },
  };

  readonly transaction: Transaction = {
    run: async (work) => {
      const before = { accounts: new Map(this.#accounts), passkeys: new Map(this.#passkeys) };
      try {
        return await work();
      } catch (error) {
        this.#accounts = before.accounts;
        this.#passkeys = before.passkeys;
        throw error;
      }
    },
  };

  get storedChallenges(): StoredChallenge[] {
    return [...this.#challenges.values()];
  }

  async forgetPasskeys(accountId: AccountId): Promise<void> {
    for (const { credentialId } of this.#of(accountId)) this.#passkeys.delete(credentialId.toString('hex'));
  }

  async holdPaidTiers(accountId: AccountId, paidTiersHeldUntil: Date): Promise<void> {
    const account = this.#accounts.get(accountId);
    if (account) this.#accounts.set(accountId, { ...account, paidTiersHeldUntil });
  }

  async verifyEmail(accountId: AccountId, email: string): Promise<void> {
    const account = this.#accounts.get(accountId);
    if (account) this.#accounts.set(accountId, { ...account, email });
  }

  #of(accountId: AccountId): Passkey[] {
    return [...this.#passkeys.values()].filter(
      (passkey) => passkey.accountId === accountId && !passkey.removedAt,
    );
  }

  #keep(passkey: Passkey): void {
    this.#passkeys.set(passkey.credentialId.toString('hex'), passkey);
  }

  #byLogin(login: string): Account | undefined {
    return [...this.#accounts.values()].find((account) => account.login === login.toLowerCase());
  }

  #byEmail(email: string): Account | undefined {
    return [...this.#accounts.values()].find((account) => account.email === email.toLowerCase());
  }

  #change(id: AccountId, changes: Partial<Account>): boolean {
    const account = this.#accounts.get(id);
    if (account) this.#accounts.set(id, { ...account, ...changes });
    return account !== undefined;
  }
}
