import assert from 'node:assert/strict';
import type { Confirmation } from '../../src/accounts/confirmation.js';
import { DeleteAccountService } from '../../src/accounts/delete-account-service.js';
import { onDatabase } from '../support/databases.js';
import { atOnce, successes } from '../support/parallel.js';
import { accessToken, storeFamily } from '../support/records.js';

/** Law 2 for the end of an account: it is deleted once, and nothing slips by. */
onDatabase('PostgreSQL', 'parallel deletions of an account', (database) => {
  it('are one: one of many succeeds, and one last mail is written', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { accounts, transaction, settings } = database.storage;
      const family = await storeFamily(database.storage, database.clock);
      const { accountId } = family;
      let letters = 0;
      const deletions = new DeleteAccountService({
        accounts,
        transaction,
        // A row of the transaction, as a letter in the outbox is one: it counts if the transaction does.
        news: {
          write: async () => void (await settings.pin(`letter ${accountId} ${(letters += 1)}`, 'written')),
        },
        events: { accountDeleted: () => undefined },
      });
      const confirmation = { accountId, action: 'delete_account', target: '' } as Confirmation;
      const token = accessToken(database.clock, family);
      await database.storage.accessTokens.insert(token);
      const deleted = await atOnce(8, () => deletions.delete(accountId, confirmation));
      assert.equal(successes(deleted), 1);
      const written = await Promise.all(
        Array.from({ length: letters }, (_, index) => settings.read(`letter ${accountId} ${index + 1}`)),
      );
      assert.equal(successes(written), 1);
      assert.equal((await database.storage.accessTokens.find(token.digest, token.bucket))?.alive, false);
    }
  });
});
