import assert from 'node:assert/strict';
import type { ConfigFile } from '../../src/config/schema.js';
import type { AccountVisitor } from '../support/account-visitor.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { robbed } from '../support/robbed.js';
import { eventsDuring, type SecurityEvent } from '../support/security-events.js';

const mac =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';
const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';
const home = { 'user-agent': mac, 'x-forwarded-for': '168.95.1.1' };
const elsewhere = { 'user-agent': windows, 'x-forwarded-for': '8.8.8.8' };

/** Threat 21: a copied cookie that still works, used where its device is not. */
describe('threat 21: a bound cookie from another place and another browser', () => {
  const servers: Holdfast[] = [];
  const started: Partial<Record<string, Promise<Holdfast>>> = {};
  const serverOf = (suspicion: 'record' | 'step_up' | 'end'): Promise<Holdfast> =>
    (started[suspicion] ??= start({ sessions: { suspicion } }));
  async function start(settings: ConfigFile): Promise<Holdfast> {
    const behind = { issuer: 'https://id.localhost', trusted_proxies: ['127.0.0.1'] };
    const holdfast = await startHoldfast({ ...behind, ...settings });
    servers.push(holdfast);
    return holdfast;
  }
  after(() => Promise.all(servers.map((each) => each.close())));
  afterEach(() => servers[0]?.clock.reset());

  const stolen = async (policy: 'record' | 'step_up' | 'end', thiefHeaders: Record<string, string>) => {
    const holdfast = await serverOf(policy);
    const { victim, thief, device } = await robbed(holdfast, { headers: home, thiefHeaders });
    const copy = new Map(thief.visitor.cookies);
    /** He puts the cookies back each time. */
    const look = async (path = '/account') => {
      for (const [name, cookie] of copy) thief.visitor.cookies.set(name, cookie);
      return thief.get(path);
    };
    const told = (work: () => Promise<unknown>): Promise<SecurityEvent[]> =>
      eventsDuring(holdfast, 'session_suspected', work);
    return { holdfast, victim, device, look, told };
  };
  const goesOn = async (victim: AccountVisitor) => assert.equal(await victim.isSignedIn(), true);

  it('is not believed: the device has to prove itself first, and it is told once with the evidence', async () => {
    const { victim, look, told, device } = await stolen('step_up', elsewhere);
    const events = await told(async () => {
      for (const _try of [1, 2, 3]) {
        const answer = await look();
        assert.equal(answer.status, 307);
        assert.equal(answer.location, answer.url);
        assert.match(answer.headers.getSetCookie().join(), /__Host-holdfast_bound=;/);
      }
    });
    const proven = { provenPlace: 'TW', provenBrowser: 'Chrome on macOS', binding: device.held.id };
    const expected = {
      how: 'elsewhere',
      policy: 'step_up',
      place: 'US',
      browser: 'Firefox on Windows',
      ...proven,
    };
    assert.equal(events.length, 1);
    const facts = { ...expected, accountId: await victim.accountId() };
    for (const [name, value] of Object.entries(facts)) assert.equal(events[0]?.[name], value, name);
    await goesOn(victim);
  });

  it('is not believed of a client that says nothing of itself', async () => {
    const { look } = await stolen('step_up', { 'user-agent': 'curl/8.1', 'x-forwarded-for': '8.8.8.8' });
    assert.equal((await look()).status, 307);
  });

  it('is believed where only the place is another, or only the browser', async () => {
    for (const one of [{ 'user-agent': windows }, { 'x-forwarded-for': '8.8.8.8' }]) {
      const { look, told } = await stolen('step_up', { ...home, ...one });
      assert.deepEqual(await told(async () => assert.equal((await look()).status, 200)), []);
    }
  });

  it('is believed again once its device has proven itself there, with a form that was sent on the way', async () => {
    const { victim, device, told } = await stolen('step_up', home);
    const csrf = await victim.csrf();
    const signed = device.proofs.length;
    device.headers = elsewhere;
    const events = await told(async () => {
      const answer = await victim.postJson('/account/passkeys/new/options', { csrf });
      assert.equal(answer.status, 200, answer.text);
      await goesOn(victim);
    });
    assert.equal(device.proofs.length, signed + 1);
    assert.equal(events.length, 1);
  });

  it('is told of anew after each proof, and when it comes after its end', async () => {
    const { holdfast, victim, look, told } = await stolen('step_up', elsewhere);
    assert.equal((await told(() => look())).length, 1);
    holdfast.clock.advance(539);
    const renewed = await told(async () => {
      holdfast.clock.advance(2);
      await goesOn(victim);
      await look();
      await look();
    });
    assert.deepEqual(
      renewed.map(({ how, place }) => [how, place]),
      [['not_renewed', 'US']],
    );
    assert.notEqual((await look()).status, 200);
    await goesOn(victim);
  });

  it('is believed and told where the policy is to record', async () => {
    const { look, told } = await stolen('record', elsewhere);
    const events = await told(async () => assert.equal((await look()).status, 200));
    assert.deepEqual(
      events.map(({ policy }) => policy),
      ['record'],
    );
  });

  it('ends the session where the policy says so, once half a minute went by without a proof', async () => {
    const { holdfast, victim, look } = await stolen('end', elsewhere);
    assert.equal((await look()).status, 307);
    holdfast.clock.advance(29);
    assert.equal((await look()).status, 307);
    await goesOn(victim);
    holdfast.clock.advance(2);
    await look();
    assert.equal(await victim.isSignedIn(), false);
    assert.notEqual((await look()).status, 200);
  });

  it('ends no session whose device proves itself in between', async () => {
    const { holdfast, victim, device, look } = await stolen('end', elsewhere);
    await look();
    holdfast.clock.advance(40);
    assert.equal((await device.refresh()).status, 200);
    assert.equal((await look()).status, 307);
    await goesOn(victim);
  });
});
