import assert from 'node:assert/strict';
import { UpstreamClient } from '../../../src/accounts/upstream-client.js';
import { examineUpstream } from '../../../src/admin/examine-upstream.js';
import { loadConfig } from '../../../src/config/load.js';
import { systemClock } from '../../../src/lib/clock.js';
import { FakeUpstream } from '../../support/fake-upstream.js';

describe('the doctor, of upstream providers', () => {
  it('tells which answer, where they send people back, and what is wrong with the others', async () => {
    const [good, down, liar] = [
      await FakeUpstream.open('good'),
      await FakeUpstream.open('down'),
      await FakeUpstream.open('liar'),
    ];
    down.broken = (response) => response.destroy();
    liar.metadata = { issuer: 'https://somebody.else.test' };
    const file = JSON.stringify({
      upstream_providers: [good.entry, down.entry, liar.entry],
      dangerously_allow_private_network_fetch: true,
    });
    const loaded = loadConfig({ env: { HOLDFAST_CONFIG: 'test.yaml' }, readFile: () => file });
    assert.ok(loaded.ok);
    const client = new UpstreamClient({ fetch, clock: systemClock });
    const findings = await examineUpstream(loaded.config, client);
    assert.deepEqual(
      findings.map(({ name, state }) => [name, state]),
      [
        ['upstream good', 'ok'],
        ['upstream down', 'warning'],
        ['upstream liar', 'warning'],
      ],
    );
    const [ok, unreachable, wrong] = findings.map(({ says }) => says);
    assert.match(ok ?? '', /http:\/\/localhost:6180\/upstream\/good\/callback/);
    assert.match(unreachable ?? '', /upstream_unavailable: TypeError: fetch failed/);
    assert.match(wrong ?? '', /upstream_rejected/);
    for (const { says } of findings) assert.ok(!says.includes(good.secret));
    await Promise.all([good.close(), down.close(), liar.close()]);
  });
});
