import assert from 'node:assert/strict';
import type { AdminPorts } from '../../../src/admin/admin-ports.js';
import { explainRequest } from '../../../src/admin/explain-command.js';

describe('holdfast explain', () => {
  const asked: string[] = [];
  const ports = {
    flushRefusals: () => Promise.resolve(),
    stores: {
      refusals: {
        find: (id: string) => {
          asked.push(id);
          return Promise.resolve([]);
        },
      },
    },
  } as unknown as AdminPorts;

  it('takes the id of a request as a hand writes it, and that of a call to the letter', async () => {
    for (const id of ['aaaa bbbb-ccccOIl1', 'call_aB3dE5gH7jK9mN1pQ3sT5v']) {
      await explainRequest(ports, { request_id: id });
    }
    assert.deepEqual(asked, ['AAAA-BBBB-CCCC-0111', 'call_aB3dE5gH7jK9mN1pQ3sT5v']);
  });
});
