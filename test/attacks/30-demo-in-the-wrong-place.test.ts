import assert from 'node:assert/strict';
import { offersDemo } from '../../src/demo/demo-policy.js';
import { type DemoDesk, openDemoDesk } from '../support/demo-desk.js';
import { startHoldfast } from '../support/harness.js';
import { formWith, Visitor } from '../support/visitor.js';

/*
 * Threats 30 and 22: each press at /demo has the server make an account and requests of its own. That is for a developer's
 * machine, for whoever sits before it, and for a few at a time.
 */
describe('threat 30: the demo in the wrong place', () => {
  const development = {
    environment: 'development',
    issuer: 'http://localhost:6180',
    example_gateway: { enabled: true, upstream_price: { input: 15, output: 75 } },
    clients: [{ client_id: 'example-cli' }],
  } as const;

  it('is served in development alone, on this machine alone, and where its calls cost nothing', () => {
    assert.ok(offersDemo(development));
    const { example_gateway } = development;
    assert.ok(!offersDemo({ ...development, environment: 'production' }), 'in production');
    assert.ok(!offersDemo({ ...development, environment: 'test' }), 'in tests');
    assert.ok(!offersDemo({ ...development, issuer: 'https://login.example.com' }), 'for others to reach');
    const paid = { ...example_gateway, upstream: 'https://api.example.com/v1' };
    assert.ok(!offersDemo({ ...development, example_gateway: paid }), 'before a provider who charges');
  });

  it('is not found where it is not served', async () => {
    const holdfast = await startHoldfast({ example_gateway: { enabled: true } });
    try {
      const visitor = new Visitor();
      assert.equal((await visitor.get(`${holdfast.issuer}/demo`)).status, 404);
      assert.equal((await visitor.post(`${holdfast.issuer}/demo`, { wish: 'all', step: '1' })).status, 404);
    } finally {
      await holdfast.close();
    }
  });

  describe('where it is served', () => {
    let desk: DemoDesk;
    before(async () => {
      desk = await openDemoDesk();
    });
    after(() => desk.close());

    const arrive = async () => {
      const visitor = new Visitor();
      const page = await visitor.get(`${desk.holdfast.issuer}/demo`);
      return { visitor, form: formWith(page, 'csrf') };
    };
    const accounts = () => desk.holdfast.log.filter((line) => line.includes('"event":"signed_up"')).length;
    const wish = { wish: 'next', step: '1' };

    it('begins nothing for a form of another site, or without the word of its own page', async () => {
      const { visitor, form } = await arrive();
      const other = await arrive();
      const before = accounts();
      const tries: [Record<string, string>, Record<string, string>][] = [
        [{ ...form.fields, ...wish }, { origin: 'https://evil.test' }],
        [
          { ...form.fields, ...wish },
          { 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' },
        ],
        [{ ...wish }, {}],
        [{ ...wish, csrf: other.form.fields['csrf'] ?? '' }, {}],
      ];
      for (const [fields, headers] of tries) {
        assert.equal((await visitor.post(form.action, fields, headers)).status, 403);
      }
      assert.equal(accounts(), before);
    });

    it('plays a step once, however often it is pressed, and knows sixteen visitors at most', async () => {
      const before = accounts();
      const first = await arrive();
      const press = ({ visitor, form }: typeof first) =>
        visitor.post(form.action, { ...form.fields, ...wish });
      const answers = await Promise.all([press(first), press(first), press(first)]);
      assert.deepEqual(
        answers.map(({ status }) => status),
        [303, 303, 303],
      );
      assert.equal(accounts(), before + 1);
      for (let other = 0; other < 16; other += 1) await press(await arrive());
      const page = await first.visitor.get(`${desk.holdfast.issuer}/demo`);
      assert.equal(formWith(page, 'csrf').fields['step'], '1', 'the first visitor is still remembered');
    });
  });
});
