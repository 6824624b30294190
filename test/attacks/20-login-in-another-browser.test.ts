import assert from 'node:assert/strict';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { authorizeUrl, goThrough, logIn, pkce } from '../support/login.js';
import { formWith, Visitor, type Visit } from '../support/visitor.js';

/**
 * Who has a sibling of our host begins a sign-in, plants its cookies in the victim's browser and sends her to the very
 * page. She sees our own login and signs in; the attacker's browser then goes on where hers was to.
 */
describe('threat 20: a sign-in that was begun in one browser and finished in another', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast();
  });
  after(() => holdfast.close());

  const wish = () => ({ issuer: holdfast.issuer, scope: 'openid', resource: undefined });

  async function begun(): Promise<{ attacker: Visitor; victim: Visitor; page: Visit; resume: string }> {
    const [attacker, victim] = [new Visitor(), new Visitor()];
    const start = await attacker.get(authorizeUrl(wish(), pkce().challenge));
    const address = start.location ?? '';
    for (const [name, cookie] of attacker.cookies) {
      if (name.startsWith('holdfast_interaction')) victim.cookies.set(name, cookie);
    }
    const resume = address.replace('/interaction/', '/authorize/');
    return { attacker, victim, page: await victim.get(address), resume };
  }

  async function signInAs(visitor: Visitor, page: Visit, login: string): Promise<void> {
    const { action, fields } = formWith(page, 'acr');
    assert.equal((await visitor.post(action, { ...fields, login, acr: '' })).status, 303);
  }

  function gone(visit: Visit): void {
    assert.equal(visit.status, 400, visit.text.slice(0, 300));
    assert.equal(visit.location, undefined);
  }

  it('gives the attacker no session of hers', async () => {
    const { attacker, victim, page, resume } = await begun();
    await signInAs(victim, page, 'lovelace');
    gone(await attacker.get(resume));
    assert.ok(!attacker.cookies.has('holdfast_session'));
  });

  it('nor when the attacker has signed in there before her', async () => {
    const { attacker, victim, page, resume } = await begun();
    await signInAs(attacker, await attacker.get(page.url), 'mallory');
    await signInAs(victim, page, 'lovelace');
    gone(await attacker.get(resume));
    assert.ok(!attacker.cookies.has('holdfast_session'));
  });

  it('nor through the address of another sign-in that the attacker finished', async () => {
    const { attacker, victim, page, resume } = await begun();
    const mine = new Visitor();
    const start = await mine.get(authorizeUrl(wish(), pkce().challenge));
    await signInAs(mine, await mine.get(start.location ?? ''), 'mallory');
    await signInAs(victim, page, 'lovelace');
    for (const [name, cookie] of attacker.cookies) {
      if (name.startsWith('holdfast_resume')) mine.cookies.set(name, { ...cookie, path: '/' });
    }
    gone(await mine.get((start.location ?? '').replace('/interaction/', '/authorize/')));
    gone(await mine.get(resume));
  });

  it('goes on in the browser in which it was begun and finished, also for somebody else than before', async () => {
    const visitor = new Visitor();
    await logIn({ ...wish(), visitor, login: 'ada' });
    const url = authorizeUrl({ ...wish(), parameters: { prompt: 'login consent' } }, pkce().challenge);
    const page = await visitor.follow(await visitor.get(url));
    const { action, fields } = formWith(page, 'acr');
    const handOver = await visitor.follow(await visitor.post(action, { ...fields, login: 'grace', acr: '' }));
    const signOut = formWith(handOver, 'logout');
    const consent = await visitor.follow(await visitor.post(signOut.action, signOut.fields));
    const allow = formWith(consent, 'decision');
    const end = await visitor.follow(await visitor.post(allow.action, allow.fields));
    assert.match(end.location ?? '', /^https:\/\/app\.test\/callback\?code=/);
    assert.ok((await goThrough(new Visitor(), url, 'ada')).location);
  });
});
