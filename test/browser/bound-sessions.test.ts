import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { noHold } from '../support/account-visitor.js';
import { startBehind } from '../support/behind-the-door.js';
import { binding, DeviceSessions } from '../support/bound-browser.js';
import {
  boundCookie,
  BoundPerson,
  comesBack,
  fetchAtOnce,
  isStranger,
  sessionCookie,
  signInAt,
} from '../support/bound-walk.js';
import { launchBrowser, openProfile, Person } from '../support/browser.js';
import { FrontDoor } from '../support/front-door.js';
import type { Holdfast } from '../support/harness.js';

const refresh = /^POST \/dbsc\/refresh 200$/;

describe('a session that its device holds, in a browser', () => {
  let door: FrontDoor;
  let holdfast: Holdfast;
  let browser: Browser;
  before(async () => {
    [door, browser] = await Promise.all([FrontDoor.open(), launchBrowser(binding)]);
    holdfast = await startBehind(door, noHold);
  });
  beforeEach(() => {
    door.inPlace.clear();
    door.forget();
  });
  afterEach(() => holdfast.clock.reset());
  after(async () => {
    await browser.close();
    await holdfast.close();
    await door.close();
  });

  /** And the moment is over in which a session's own cookie does alone, because its browser is being given the bound one. */
  const arrive = async () => {
    const ada = await BoundPerson.arrive(browser, door.origin);
    holdfast.clock.advance(11);
    return ada;
  };

  it('is bound at the login, by a cookie of ten minutes', async () => {
    const ada = await arrive();
    const [cookie] = (await ada.person.context.cookies()).filter(({ name }) => name === boundCookie);
    assert.ok(cookie);
    const { httpOnly, secure, sameSite, path: at, expires } = cookie;
    assert.deepEqual(
      { httpOnly, secure, sameSite, at },
      { httpOnly: true, secure: true, sameSite: 'Lax', at: '/' },
    );
    assert.ok(expires - Date.now() / 1000 <= 600);
    await ada.leave();
  });

  it('is renewed before the request that finds its cookie over, and that request is answered', async () => {
    const ada = await arrive();
    await ada.expire();
    door.forget();
    await ada.comesBack();
    assert.equal(await ada.sessions.refreshed(), 'Refreshed');
    const asked = door.lines.filter((line) => !/\/account\//.test(line));
    assert.deepEqual(asked, ['POST /dbsc/refresh 200', 'GET /account 200']);
    assert.ok(await ada.sessions.cookie(boundCookie));
    await ada.leave();
  });

  it('is renewed when its cookie has come to its end by itself', async () => {
    const { behind } = door;
    const short = await startBehind(door, { ...noHold, sessions: { bound_cookie: 3 } });
    try {
      const ada = await BoundPerson.arrive(browser, door.origin);
      // Where nothing asks, and so renews it.
      await ada.page.goto('about:blank');
      await ada.sessions.gone(boundCookie);
      door.forget();
      await ada.comesBack();
      assert.equal(door.lines[0], 'POST /dbsc/refresh 200');
      await ada.leave();
    } finally {
      door.behind = behind;
      await short.close();
    }
  });

  it('outlives the browser', async () => {
    const profile = mkdtempSync(path.join(tmpdir(), 'holdfast-profile-'));
    try {
      const first = await BoundPerson.signIn(
        await Person.in(await openProfile(profile, binding)),
        door.origin,
      );
      await first.leave();
      const person = await Person.in(await openProfile(profile, binding));
      const sessions = await DeviceSessions.watch(person);
      assert.deepEqual(
        sessions.kept.map(({ key }) => key.id),
        [first.id],
      );
      await sessions.lose(door.origin, boundCookie);
      await comesBack(person.page, door.origin);
      assert.equal(await sessions.refreshed(), 'Refreshed');
      await person.context.close();
    } finally {
      rmSync(profile, { recursive: true, force: true });
    }
  });

  it('is one in two tabs that ask at the same moment', async () => {
    const ada = await arrive();
    const other = await ada.person.context.newPage();
    await ada.expire();
    await Promise.all([ada.comesBack(), comesBack(other, door.origin)]);
    await ada.leave();
  });

  it('answers ten requests at once that find its cookie over', async () => {
    const ada = await arrive();
    await ada.expire();
    assert.deepEqual(await fetchAtOnce(ada.page, 10), Array(10).fill('200 /account'));
    assert.equal(door.lines.filter((line) => refresh.test(line)).length, 1);
    await ada.leave();
  });

  it('is over with the sign-out, in the browser and here, for copies of its cookies too', async () => {
    const ada = await arrive();
    const copied = (await ada.person.context.cookies())
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
    assert.equal(await door.statusOf('/account', { cookie: copied }), 200);
    await ada.page.goto(`${door.origin}/logout`);
    await ada.page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await ada.page.getByText('You are signed out.').first().waitFor();
    assert.equal(await ada.sessions.ended(), 'StoragePartitionCleared');
    await isStranger(ada.page, door.origin);
    assert.equal(await door.statusOf('/account', { cookie: copied }), 303);
    await ada.leave();
  });

  it('ends unused, and the next login is held by a key of its own', async () => {
    const ada = await arrive();
    holdfast.clock.advance(3600);
    await ada.expire();
    await signInAt(ada.page, door.origin, ada.login);
    assert.equal(await ada.sessions.ended(), 'ServerRequested');
    assert.notEqual(await ada.sessions.registered(), ada.id);
    await ada.expire();
    holdfast.clock.advance(11);
    await ada.comesBack();
    await ada.leave();
  });

  it('lives an hour where its registration fails, and nothing else is lost', async () => {
    door.inPlace.set('/dbsc/register', (response) => void response.writeHead(500).end());
    const person = await Person.arrive(browser);
    const sessions = await DeviceSessions.watch(person);
    await signInAt(person.page, door.origin);
    const { creationEventDetails } = await sessions.next('creation');
    assert.equal(creationEventDetails?.fetchResult, 'TransientHttpError');
    holdfast.clock.advance(3500);
    await comesBack(person.page, door.origin);
    holdfast.clock.advance(200);
    await isStranger(person.page, door.origin);
    await person.context.close();
  });

  it('keeps nobody waiting while its registration hangs', async () => {
    door.inPlace.set('/dbsc/register', () => {});
    const person = await Person.arrive(browser);
    await signInAt(person.page, door.origin);
    await comesBack(person.page, door.origin);
    assert.equal(
      (await person.context.cookies()).some(({ name }) => name === boundCookie),
      false,
    );
    await person.context.close();
  });

  it('goes on when the server was away for a while', async () => {
    const ada = await arrive();
    const { behind } = door;
    await ada.expire();
    door.behind = () => undefined;
    await ada.page.goto(`${door.origin}/account`);
    assert.equal(await ada.sessions.refreshed(), 'ServerError');
    door.behind = behind;
    await ada.comesBack();
    await ada.person.context.close();
  });

  it('goes on when the server could not renew it for a while', async () => {
    const ada = await arrive();
    await ada.expire();
    door.inPlace.set('/dbsc/refresh', (response) => void response.writeHead(500).end());
    await ada.page.goto(`${door.origin}/account`);
    await ada.page.getByText('Try again in a few minutes.').waitFor();
    assert.equal(await ada.sessions.refreshed(), 'ServerError');
    door.inPlace.clear();
    await ada.comesBack();
    await ada.person.context.close();
  });

  it('goes on after the server has started anew', async () => {
    const ada = await arrive();
    await holdfast.close();
    holdfast = await startBehind(door, noHold);
    await ada.expire();
    await ada.comesBack();
    assert.equal(await ada.sessions.refreshed(), 'Refreshed');
    await ada.leave();
  });

  it('lets her sign in anew where the browser has lost its key', async () => {
    const ada = await arrive();
    await ada.sessions.forget(ada.id);
    await ada.expire();
    await signInAt(ada.page, door.origin, ada.login);
    const id = await ada.sessions.registered();
    assert.notEqual(id, ada.id);
    await ada.expire();
    await ada.comesBack();
    await ada.leave();
  });

  it('gives way to the one that the same browser signed in to without it', async () => {
    const ada = await arrive();
    await ada.sessions.lose(door.origin, sessionCookie);
    await signInAt(ada.page, door.origin, ada.login);
    const id = await ada.sessions.registered();
    assert.notEqual(id, ada.id);
    holdfast.clock.advance(11);
    await ada.expire();
    await ada.comesBack();
    // Whichever of the two the browser renews first.
    assert.ok((await ada.sessions.cookie(boundCookie))?.startsWith(id));
    await ada.leave();
  });
});
