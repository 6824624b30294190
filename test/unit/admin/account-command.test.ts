import assert from 'node:assert/strict';
import { disableAccount, listAccounts } from '../../../src/admin/account-command.js';
import type { AdminPorts } from '../../../src/admin/admin-ports.js';
import { account, unique } from '../../support/records.js';
import { manualClock } from '../../support/manual-clock.js';
import { MemoryAccounts } from '../../support/memory-accounts.js';

describe('the command about accounts', () => {
  const clock = manualClock();

  async function made(...people: Parameters<typeof account>[1][]) {
    const { accounts } = new MemoryAccounts();
    const records = people.map((changes) => account(clock, changes));
    for (const record of records) await accounts.insert(record);
    const disabled: string[] = [];
    const stores = {
      accounts: {
        ...accounts,
        list: async () => records,
        disable: async (id: string) => disabled.push(id) > 0,
      },
    };
    const ports = { stores, clock, events: { accountDisabled: () => {} } } as unknown as AdminPorts;
    return { ports, records, disabled };
  }

  it('finds a person by her verified address rather than who took it for a name', async () => {
    const email = `${unique('ada')}@example.org`;
    const { ports, records, disabled } = await made({ login: email }, { email });
    await disableAccount(ports, { account: email.toUpperCase() });
    assert.deepEqual(disabled, [records[1]?.id]);
  });

  it('lists people by their addresses', async () => {
    const { ports } = await made({ email: 'ada@example.org' }, { login: 'tester' }, {});
    const outcome = await listAccounts(ports, { limit: 10 });
    assert.match(JSON.stringify(outcome), /ada@example\.org.*tester/);
  });
});
