import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { addClient } from '../../src/admin/client-command.js';
import { systemClock } from '../../src/lib/clock.js';
import { systemRandom } from '../../src/lib/random.js';
import { createSecurityEvents } from '../../src/observability/events.js';
import { createLogger } from '../../src/observability/logger.js';
import { machineGrant, type AssertionClient } from './assertion-client.js';
import { BackchannelDesk } from './backchannel-desk.js';
import { callback, jwtGateway, secretOf } from './clients.js';
import { basic, Device } from './device.js';
import type { Holdfast } from './harness.js';
import {
  authorizeUrl,
  clientCredentials,
  goThrough,
  introspect,
  logIn,
  pkce,
  redeem,
  refresh,
  revoke,
  signIn,
  type Tokens,
} from './login.js';
import { PasskeyVisitor } from './passkey-visitor.js';
import { addPasskeyThere, answerDone, type Lost, recover } from './recovering.js';
import { formWith, Visitor } from './visitor.js';

/** Login by test login and passkey, every grant, every way to authenticate, and the end of each token. */
export async function playWholeStory(holdfast: Holdfast, machine: AssertionClient): Promise<void> {
  const { issuer } = holdfast;
  const tokens = await signIn({ issuer, login: 'ada' });
  await refreshAndLose(issuer, tokens);
  await passkeyStory(holdfast);
  const device = await Device.create();
  const machineToken = (await clientCredentials(issuer, device)).body['access_token'] as string;
  await introspect(issuer, machineToken);
  await introspect(issuer, machineToken, 'rs-b');
  await introspect(issuer, machineToken, 'rs-a', { accept: 'application/token-introspection+jwt' });
  await revoke(issuer, machineToken, 'service');
  await signIn({ issuer, scope: 'openid jwt:call', resource: jwtGateway });
  await pushedStory(issuer, machine, device);
  await addClientStory(holdfast, device);
  await device.post({
    url: `${issuer}/token`,
    form: { ...machineGrant, client_id: 'service', client_secret: secretOf('service') },
  });
  const identity = await signIn({ issuer, scope: 'openid profile', resource: undefined });
  await identity.device.get(`${issuer}/userinfo`, identity.accessToken);
  await backchannelStory(holdfast);
  await signOut(issuer);
}

/** One request is approved and redeemed, with its ping still lying there; one is left waiting. */
async function backchannelStory(holdfast: Holdfast): Promise<void> {
  const desk = await BackchannelDesk.open(holdfast);
  const ping = { client_id: 'pinged', client_notification_token: randomBytes(24).toString('base64url') };
  const asked = await desk.ask({ ...ping, login_hint: (await desk.person()).email });
  assert.equal(await desk.approve(asked), 'approved');
  await desk.poll(asked.body['auth_req_id'], { client_id: 'pinged' });
  await fetch(String(asked.body['approval_uri']));
  await desk.ask({ ...ping, login_hint: 'nobody@example.test' });
}

async function refreshAndLose(issuer: string, { refreshToken, device, login }: Tokens): Promise<void> {
  const { body } = await refresh(issuer, refreshToken, device);
  await refresh(issuer, body['refresh_token'] as string, await Device.create());
  await redeem(issuer, login, device);
  await revoke(issuer, body['refresh_token'] as string);
  await refresh(issuer, body['refresh_token'] as string, device);
}

async function passkeyStory({ issuer, mails }: Holdfast): Promise<void> {
  const person = new PasskeyVisitor(issuer);
  const email = `grace.${randomBytes(4).toString('hex')}@example.test`;
  await person.signUp(await person.arrive(), 'Grace Brewster', { email, mails });
  const page = await person.arrive({ prompt: 'login' });
  const consent = await person.signIn(page);
  const { action, fields } = formWith(consent, 'csrf');
  await person.visitor.follow(await person.visitor.post(action, fields));
  // The challenge of a ceremony that nobody ends stays in the database.
  const left = await person.arrive({ prompt: 'login' });
  await person.post(left, 'sign-in/options', {});
  await person.post(await person.beginSignUp(left, 'Nobody'), 'sign-up/options', {});
  await recoveryStory(issuer, { email, mails, code: person.codes[0] ?? '' });
}

async function recoveryStory(issuer: string, lost: Lost): Promise<void> {
  const person = new PasskeyVisitor(issuer);
  const { visitor } = person;
  const done = await recover(visitor, await person.arrive(), lost);
  await addPasskeyThere(person, done);
  await answerDone(visitor, done, 'continue');
  const { link = '' } = await lost.mails.waitFor(lost.email, 'you_are_back');
  const { action, fields } = formWith(await visitor.get(link), 'csrf');
  await visitor.follow(await visitor.post(action, fields));
  assert.equal((await visitor.post(action, fields)).status, 400);
}

async function pushedStory(issuer: string, machine: AssertionClient, device: Device): Promise<void> {
  const { verifier, challenge } = pkce();
  const form = Object.fromEntries(new URL(authorizeUrl({ issuer, clientId: 'web' }, challenge)).searchParams);
  const pushed = await device.post({ url: `${issuer}/par`, form, headers: basic('web', secretOf('web')) });
  await device.post({ url: `${issuer}/par`, form: { ...form, client_secret: secretOf('web') } });
  await device.post({
    url: `${issuer}/par`,
    form: { ...form, ...machine.form(await machine.assertion(issuer)) },
  });
  const start = `${issuer}/authorize?client_id=web&request_uri=${String(pushed.body['request_uri'])}`;
  const visitor = new Visitor();
  const end = await goThrough(visitor, start, 'ada');
  const code = new URL(end.location ?? '').searchParams.get('code') ?? '';
  const redeeming = {
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri: callback,
  };
  await device.post({ url: `${issuer}/token`, form: redeeming, headers: basic('web', secretOf('web')) });
  await device.post({
    url: `${issuer}/token`,
    form: { ...machineGrant, ...machine.form(await machine.assertion(issuer)) },
  });
  // Left at the login: its interaction stays in the database.
  await new Visitor().get(authorizeUrl({ issuer }, challenge));
  // Logged in, not redeemed: its code stays.
  await logIn({ issuer });
}

/** A client that the operator adds is told its secret once. */
async function addClientStory(holdfast: Holdfast, device: Device): Promise<void> {
  const { config, issuer } = holdfast;
  const metrics = { securityEvent: () => {} };
  const logger = createLogger(config, { write: (line) => void holdfast.log.push(line) });
  const added = await addClient(
    {
      config,
      stores: holdfast.storage,
      keystore: { rotate: never, replace: never },
      events: createSecurityEvents(logger, metrics),
      clock: systemClock,
      random: systemRandom,
      keysChanged: never,
      flushRefusals: never,
      flushObservations: never,
    },
    { kind: 'service', client_id: 'added' },
  );
  assert.ok(added.ok);
  const { client_secret: secret } = added.result as { client_secret: string };
  const answer = await device.post({
    url: `${issuer}/token`,
    form: { ...machineGrant, client_id: 'added', client_secret: secret },
  });
  assert.equal(answer.status, 200);
}

async function signOut(issuer: string): Promise<void> {
  const visitor = new Visitor();
  await goThrough(visitor, authorizeUrl({ issuer }, pkce().challenge), 'ada');
  await visitor.get(`${issuer}/logout?client_id=spa`);
  const other = new Visitor();
  await goThrough(other, authorizeUrl({ issuer }, pkce().challenge), 'ada');
  const { action, fields } = formWith(await other.get(`${issuer}/logout?client_id=spa`), 'logout');
  await other.post(action, fields);
}

function never(): never {
  throw new Error('nothing here needs this');
}
