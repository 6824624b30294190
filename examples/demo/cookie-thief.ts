import { generateKeyPair } from 'jose';
import type { SceneResult } from '../../src/demo/scene.js';
import { Browser } from './browser.js';
import { had, timed, Unexpected, type Cast } from './cast.js';
import { askToRenew, challengeOf, DeviceBrowser, type HeldSession } from './device-browser.js';
import type { HttpsStage } from './https-stage.js';
import { Person } from './person.js';

/** The part of the story that plays on https: her browser, and what was copied from it. */
export interface CookieTheft {
  readonly stage: HttpsStage;
  readonly hers: Browser;
  readonly held: HeldSession;
  thiefs?: Browser;
}

/** She signs in, and her browser binds the session to a key of its own. */
export async function bind(cast: Cast): Promise<SceneResult> {
  const stage = await cast.https();
  const account = new URL('/account', stage.issuer);
  const person = new Person('Ada', stage.issuer, () => new DeviceBrowser(stage.clock));
  await person.signUp(account);
  const start = performance.now();
  await person.signIn(account);
  const milliseconds = performance.now() - start;
  const { browser } = person;
  if (!(browser instanceof DeviceBrowser) || !browser.held)
    throw new Unexpected('binds her session', 'no key');
  cast.cookies = { stage, hers: browser, held: browser.held };
  return { milliseconds, cost: 0 };
}

/** He copies every cookie and is quick: for what is left of the bound one they are she. */
export async function cookies(cast: Cast): Promise<SceneResult> {
  const theft = had(cast.cookies);
  // Whoever else is told the story here has put the clock forward, perhaps.
  await account(theft, theft.hers);
  theft.thiefs = new Browser(theft.hers.cookies);
  return account(theft, theft.thiefs);
}

/** The same when the bound cookie is over. */
export async function cookiesLater(cast: Cast): Promise<SceneResult> {
  const theft = had(cast.cookies);
  theft.stage.outliveCookie();
  return account(theft, had(theft.thiefs));
}

export function renewWithoutKey({ cookies: theft }: Cast): Promise<SceneResult> {
  const { thiefs, held } = had(theft);
  return timed(() => askToRenew(sendingOf(had(thiefs)), held));
}

export async function renewWithOwnKey({ cookies: theft }: Cast): Promise<SceneResult> {
  const { thiefs, held } = had(theft);
  const send = sendingOf(had(thiefs));
  const challenge = challengeOf(await askToRenew(send, held));
  const key = await generateKeyPair('ES256');
  return timed(() => askToRenew(send, held, { challenge, key }));
}

/** Her browser signs, and goes on. */
export function goOn(cast: Cast): Promise<SceneResult> {
  const theft = had(cast.cookies);
  return account(theft, theft.hers);
}

/** Her account's page; a page that refuses names its reason. */
function account({ stage: { issuer } }: CookieTheft, browser: Browser): Promise<SceneResult> {
  return timed(async () => {
    const response = await browser.send(new URL('/account', issuer), { method: 'GET' });
    if (response.ok) return response;
    const [error] = /\bdevice_[a-z]+\b/.exec(await response.text()) ?? [];
    return Response.json({ error }, { status: response.status });
  });
}

function sendingOf(browser: Browser): Browser['send'] {
  return (address, init) => browser.send(address, init);
}
