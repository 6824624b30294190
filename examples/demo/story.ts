import { scenes, type SceneResult } from '../../src/demo/scene.js';
import { Unexpected, type Cast, type EveryScene, type Play } from './cast.js';
import * as cookieThief from './cookie-thief.js';
import * as owner from './owner.js';
import * as thief from './thief.js';

/* One story for two stages: a terminal plays all of it, the page at /demo what it has room for. */

const plays: Readonly<Record<EveryScene, Play>> = {
  logIn: owner.logIn,
  ask: owner.askWords,
  call: owner.call,
  leak: thief.leak,
  bearer: thief.bearer,
  noProof: thief.noProof,
  otherKey: thief.otherKey,
  replay: thief.replay,
  refresh: thief.refresh,
  refreshWithoutKey: thief.refreshWithoutKey,
  meanwhile: owner.call,
  bind: cookieThief.bind,
  cookies: cookieThief.cookies,
  cookiesLater: cookieThief.cookiesLater,
  renewWithoutKey: cookieThief.renewWithoutKey,
  renewWithOwnKey: cookieThief.renewWithOwnKey,
  goOn: cookieThief.goOn,
  approve: owner.approve,
  again: owner.askDearest,
  laptop: thief.laptop,
  renewed: thief.renewed,
  ownPasskey: thief.ownPasskey,
  signedBefore: thief.signedBefore,
  revoke: owner.revoke,
  after: owner.after,
  refreshAfter: owner.refreshAfter,
};

/** What must come back. */
const answers: Readonly<Partial<Record<EveryScene, string>>> = {
  ...Object.fromEntries(scenes.flatMap(({ name, answer }) => (answer === undefined ? [] : [[name, answer]]))),
  noProof: '401 invalid_dpop_proof',
  refreshWithoutKey: '400 invalid_grant',
  meanwhile: '200',
  renewWithoutKey: '403 session_proof_needed',
  renewed: '403 insufficient_authorization_details',
  signedBefore: '400 access_denied',
  refreshAfter: '400 invalid_grant',
};

/** Plays a scene; throws `Unexpected` when it comes out otherwise than it should. */
export async function play(cast: Cast, name: EveryScene): Promise<SceneResult> {
  const result = await plays[name](cast);
  if (result.answer !== answers[name]) {
    throw new Unexpected(name, `${result.answer ?? 'no answer'} instead of ${answers[name] ?? 'none'}`);
  }
  return result;
}
