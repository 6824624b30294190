import { rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SceneResult } from '../../src/demo/scene.js';
import { had, Unexpected, type Cast, type EveryScene } from './cast.js';
import { buildHttpsStage } from './https-stage.js';
import { letIn } from './owner.js';
import { Person } from './person.js';
import { buildStage, type Stage } from './stage.js';
import { play } from './story.js';
import { chapter, dollars, end, happened, hear, otherwise, remark, title } from './terminal.js';

const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-demo-'));
const started = performance.now();
title(
  'Holdfast: what a thief steals is worth nothing',
  'provider and gateway in this process, offline, real HTTP',
);
const [stage, https] = await Promise.all([buildStage(), buildHttpsStage()]);
chapter('On stage', `provider ${stage.issuer} · gateway ${stage.gateway.origin} · on https ${https.issuer}`);

try {
  await tell(stage, {
    servers: stage,
    person: new Person('Ada', stage.issuer),
    clientId: 'example-cli',
    https: async () => https,
    file: path.join(folder, 'login.json'),
    hear,
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  end(
    true,
    `Ada spent ${dollars(stage.meter.microDollars)}. The thief got $0.00 of it. Told in ${seconds} s.`,
  );
} catch (error) {
  if (error instanceof Unexpected) otherwise(error.what, error.message);
  else
    otherwise('the story broke off', error instanceof Error ? (error.stack ?? error.message) : String(error));
  end(false, 'That is not how it should have gone.');
  process.exitCode = 1;
} finally {
  await Promise.all([stage.close(), https.close()]);
  await rm(folder, { recursive: true, force: true });
}

/** @param cost what the gateway's meter counted meanwhile, in micro-dollars */
type Fact = (result: SceneResult, cost: number) => string;

async function tell({ meter }: Stage, cast: Cast): Promise<void> {
  const scene = async (name: EveryScene, what: string, fact: Fact = served): Promise<void> => {
    const before = meter.microDollars;
    const result = await play(cast, name);
    happened(what, fact(result, meter.microDollars - before));
  };
  /** One attempt: refused as it should be, and not a micro-dollar spent. */
  const refused = (name: EveryScene, what: string): Promise<void> =>
    scene(name, what, ({ answer = '' }, lost) => {
      if (lost !== 0) throw new Unexpected(what, `${dollars(lost)} lost`);
      return `${`refused  ${answer}`.padEnd(32)} lost ${dollars(lost)}`;
    });

  chapter('Ada', 'calls a model from the command line');
  const start = performance.now();
  await letIn(cast, `${cast.file}.first`, (address) => cast.person.signUp(address));
  happened('signs up with a passkey; there is no password', `${Math.round(performance.now() - start)} ms`);
  await scene('logIn', 'signs in with it, from another browser', ({ milliseconds }) => took(milliseconds));
  const { access, jkt } = had(cast.holdings);
  happened(
    'holds a token bound to the key of her device',
    `${access.token.slice(0, 13)}… ⇢ ${jkt.slice(0, 8)}…`,
  );
  await scene('ask', 'is answered, word by word', (result, cost) => {
    hear('\n');
    return `${dollars(cost)} in ${took(result.milliseconds)}`;
  });
  await scene('call', 'asks again, and this time somebody listens');

  chapter('The thief', 'has her access token, her refresh token and a recorded request');
  await play(cast, 'leak');
  await refused('bearer', 'the token as Bearer');
  await refused('noProof', 'the token without a proof');
  await refused('otherKey', 'the token with a key of his own');
  await refused('replay', 'her recorded request, once more');
  await refused('refresh', 'the refresh token with a key of his own');
  await refused('refreshWithoutKey', 'the refresh token without a key');
  remark('Elsewhere, each of these would have spent her money.');
  await scene('meanwhile', 'Ada, meanwhile, asks with her key');

  chapter('Ada', 'signs in over https, in a browser that binds sessions to a key');
  await scene('bind', 'her session is bound to her browser’s key', ({ milliseconds }) => took(milliseconds));

  chapter('The thief', 'has copied every cookie of that browser');
  await scene('cookies', 'her account page, at once', ({ answer = '' }, lost) => {
    return `${`opened   ${answer}`.padEnd(32)} lost ${dollars(lost)}`;
  });
  remark('A copy is good for what is left of its ten minutes. We put the clock forward by them.');
  await refused('cookiesLater', 'her account page, ten minutes later');
  await refused('renewWithoutKey', 'a new cookie, without the key');
  await refused('renewWithOwnKey', 'a new cookie, with a key of his own');
  remark('Elsewhere, a copied cookie is her account for days.');
  await scene('goOn', 'Ada’s browser, meanwhile, signs and goes on');

  chapter('Ada', 'wants the dearest model, which wants her');
  await scene('approve', 'approves two calls, with her passkey', ({ limit = '' }, cost) => {
    return `up to $${limit} on frontier; ${dollars(cost)} spent`;
  });
  await scene('again', 'asks again, and nobody asks her');

  chapter('The thief', 'has her laptop now: the browser’s cookies, the tokens, and the key');
  await refused('laptop', 'the dearest model, with her token and key');
  await refused('renewed', 'the same with a token that he renewed');
  await refused('ownPasskey', 'her session, with a passkey of his own');
  await refused('signedBefore', 'her session, with what she signed before');
  remark('The cheap model is his until she notices. What costs wants her passkey, and her.');

  chapter('Ada', 'revokes her login');
  await scene('revoke', 'revokes', ({ milliseconds }) => `${milliseconds.toFixed(1)} ms`);
  await scene('after', 'her own next call, with key and proof', ({ answer = '', milliseconds }) => {
    return `${`refused  ${answer}`.padEnd(32)} ${milliseconds.toFixed(1)} ms after the revocation`;
  });
  await scene('refreshAfter', 'her own refresh token', ({ answer = '' }) => `refused  ${answer}`);
}

function served(result: SceneResult): string {
  return `served in ${took(result.milliseconds)}`;
}

function took(milliseconds: number): string {
  return `${Math.round(milliseconds)} ms`;
}
