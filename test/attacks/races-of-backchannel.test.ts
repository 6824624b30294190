import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { systemRandom } from '../../src/lib/random.js';
import { BackchannelAskingService } from '../../src/stepup/backchannel-asking-service.js';
import { BackchannelService, type BackchannelPorts } from '../../src/stepup/backchannel-service.js';
import { NoticeOutbox } from '../../src/stepup/notice-outbox.js';
import { onDatabase } from '../support/databases.js';
import { atOnce } from '../support/parallel.js';
import { grant, storeAccount, unique } from '../support/records.js';

/** Law 2 for a request to a person elsewhere: it is asked once, answered once, and the client is told once. */
onDatabase('PostgreSQL', 'parallel answers to one request', (database) => {
  function parts() {
    const { storage, clock } = database;
    const key = randomBytes(32);
    const notices = new NoticeOutbox({
      store: storage.noticeOutbox,
      key,
      clock,
      random: systemRandom,
      committed: () => {},
    });
    const decided: string[] = [];
    const ports: BackchannelPorts = {
      ...storage,
      notices,
      clock,
      backchannelKey: key,
      perHourPerPerson: 20,
      blockSeconds: 86_400,
      events: {
        backchannelDecided: ({ outcome }) => void decided.push(outcome),
        backchannelDisowned: () => {},
      },
      cutOff: async (accountId, clientId, at) =>
        void (await storage.grants.revokeOf(accountId, clientId, at)),
    };
    const asking = new BackchannelAskingService({
      ...ports,
      ...storage,
      notices,
      random: systemRandom,
      courier: async () => {},
      circumstances: () => ({ place: 'HK', browser: undefined }),
      events: { backchannelAsked: () => {} },
      issuer: 'https://id.example',
      longestLife: 300,
      interval: 5,
      perHourPerNetwork: 10,
    });
    return { asking, service: new BackchannelService(ports), decided };
  }

  const pings = async () => {
    const now = new Date(database.clock.now() + 60_000);
    const claimed = await database.storage.noticeOutbox.claim({ own: [], now, until: now, limit: 1000 });
    for (const { id } of claimed) await database.storage.noticeOutbox.remove(id);
    return claimed.length;
  };

  for (const how of ['by her', 'by what ends it'] as const) {
    it(`lets one of many win ${how}, leaves no grant of those that lost, and tells the client once`, async () => {
      await pings();
      for (let round = 0; round < 5; round += 1) {
        const { asking, service, decided } = parts();
        const { id: accountId } = await storeAccount(database.storage, database.clock);
        const clientId = unique('client');
        await database.storage.clients.declareConfigured([clientId], new Date(database.clock.now()));
        const ask = () =>
          asking.ask({
            clientId,
            hint: accountId,
            scope: 'openid',
            resource: undefined,
            modelCall: undefined,
            acr: undefined,
            bindingMessage: undefined,
            jkt: 'thumbprint',
            lifetime: undefined,
            ping: { endpoint: 'https://client.example/ping', token: 'token' },
            publicAt: undefined,
          });
        const asked = (await atOnce(8, ask)).flatMap((each) => (each.ok ? [each.value] : []));
        const [only] = asked;
        assert.ok(only && asked.length === 1);
        const request = await service.findByLink(only.approvalUri.slice(-26));
        assert.ok(request);
        const approve = () =>
          service.approve(request, only.matchingNumber, async () => {
            const grantId = unique('grant');
            await database.storage.grants.save(grant(database.clock, { id: grantId, clientId, accountId }));
            const authentication = {
              accountId,
              accountGeneration: 0,
              acr: 'urn:holdfast:acr:phr',
              amr: ['pop'],
              authTime: 0,
            } as const;
            return { grantId, approvalId: undefined, authentication };
          });
        const answers = await atOnce(24, async (index): Promise<boolean> => {
          if (index % 3 === 0) return (await approve()) === 'approved';
          if (how === 'by her') return service.deny(request);
          if (index % 3 === 1) return service.notMe(request);
          return (await service.tryNumber(request, 'none')) === 'ended';
        });
        assert.equal(answers.filter(Boolean).length, 1, JSON.stringify(answers));
        assert.equal(await pings(), 1);
        const state = (await database.storage.backchannelRequests.find(request.id))?.state;
        const grants = await database.storage.grants.listOf(accountId);
        // Who disowns a request that was approved just before takes the approval back, too.
        if (how === 'by her') {
          assert.equal(grants.length, state === 'approved' ? 1 : 0);
          assert.deepEqual(decided, [state === 'approved' ? 'approved' : 'person']);
        } else assert.equal(grants.length, 0);
      }
    });
  }
});
