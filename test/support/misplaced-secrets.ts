import { machineGrant } from './assertion-client.js';
import { callback, secretOf } from './clients.js';
import { basic, Device, postForm } from './device.js';
import { authorizeUrl, pkce } from './login.js';
import { addressOf, PasskeyVisitor } from './passkey-visitor.js';
import { formWith, Visitor } from './visitor.js';

/** Sends `secret` wherever a clumsy client could. */
export async function misplace(issuer: string, secret: string): Promise<void> {
  const encoded = encodeURIComponent(secret);
  const parameters = [
    'client_id',
    'scope',
    'state',
    'nonce',
    'claims',
    'request',
    'request_uri',
    'redirect_uri',
  ];
  const more = [
    'response_type',
    'response_mode',
    'prompt',
    'acr_values',
    'max_age',
    'login_hint',
    'id_token_hint',
  ];
  const rest = ['resource', 'code_challenge', 'code_challenge_method', 'dpop_jkt', 'token', secret];
  const visit = (path: string, headers: Record<string, string> = {}) =>
    new Visitor().get(`${issuer}${path}`, headers);
  for (const name of [...parameters, ...more, ...rest]) {
    const plain = authorizeUrl({ issuer }, pkce().challenge);
    const wrong = new URL(plain);
    wrong.searchParams.set(name, secret);
    await visit(wrong.pathname + wrong.search);
    await postForm({
      url: `${issuer}/par`,
      form: { ...Object.fromEntries(wrong.searchParams), client_id: 'web' },
      headers: basic('web', secretOf('web')),
    });
  }
  for (const path of [
    '',
    'interaction/',
    'authorize/',
    'assets/',
    'introspect/',
    'token/',
    'no-such-address/',
  ]) {
    await visit(`/${path}${encoded}`);
    await visit(`/${path}${encoded}`, { accept: 'application/json' });
  }
  for (const path of ['userinfo', 'introspect', 'token', 'no-such-address']) {
    for (const name of ['access_token', 'token', 'code', 'x']) await visit(`/${path}?${name}=${encoded}`);
    for (const authorization of malformed(secret)) {
      await visit(`/${path}`, { authorization, accept: 'application/json' });
      await postForm({ url: `${issuer}/${path}`, form: { token: 'x' }, headers: { authorization } });
    }
  }
  for (const name of ['id_token_hint', 'post_logout_redirect_uri', 'client_id', 'state', 'logout_hint']) {
    await visit(`/logout?${name}=${encoded}`);
  }
  await misplaceInForms(issuer, secret);
  await misplaceInHeaders(issuer, secret);
  await misplaceInInteraction(issuer, secret);
}

const malformed = (secret: string) => [
  secret,
  `Bearer ${secret}`,
  `DPoP ${secret}`,
  `Basic ${secret}`,
  `Basic ${Buffer.from(`${secret}:${secret}`).toString('base64')}`,
  `Basic ${Buffer.from(`service:${secret}`).toString('base64')}`,
  `Bearer ${secret} ${secret}`,
];

async function misplaceInForms(issuer: string, secret: string): Promise<void> {
  const good = { client_id: 'service', client_secret: secretOf('service'), ...machineGrant };
  const names = ['grant_type', 'client_id', 'client_secret', 'scope', 'resource', 'client_assertion', secret];
  for (const name of [...names, 'client_assertion_type', 'code', 'refresh_token', 'redirect_uri', 'x']) {
    for (const path of ['token', 'introspect', 'revoke', 'par']) {
      await postForm({ url: `${issuer}/${path}`, form: { ...good, token: secret, [name]: secret } });
    }
  }
  for (const grant_type of ['authorization_code', 'refresh_token']) {
    const form = {
      grant_type,
      code: secret,
      refresh_token: secret,
      code_verifier: secret,
      client_id: 'spa',
    };
    await postForm({ url: `${issuer}/token`, form: { ...form, redirect_uri: secret } });
    const device = await Device.create();
    await device.post({ url: `${issuer}/token`, form: { ...form, redirect_uri: callback } });
    await device.post({ url: `${issuer}/token`, form: { ...form, [secret]: [secret, secret] } });
  }
}

async function misplaceInHeaders(issuer: string, secret: string): Promise<void> {
  const cookie = `holdfast_session=${secret}; holdfast_interaction=${secret}; holdfast_resume=${secret}`;
  for (const headers of [
    { dpop: secret },
    { dpop: `${secret}, ${secret}` },
    { referer: `https://app.test/?code=${secret}` },
    { 'user-agent': secret },
    { 'content-type': secret },
    { accept: secret },
    { 'x-request-id': secret },
    { 'sec-fetch-site': secret },
    { cookie },
  ]) {
    await postForm({ url: `${issuer}/token`, form: { x: secret }, headers });
    await new Visitor().get(`${issuer}/authorize/${secret}`, headers);
  }
}

async function misplaceInInteraction(issuer: string, secret: string): Promise<void> {
  const person = new PasskeyVisitor(issuer);
  const page = await person.arrive();
  const { base } = addressOf(page);
  for (const step of ['sign-in/options', 'sign-in/result', 'sign-up/options', 'sign-up/result']) {
    const address = `${issuer}${base}/passkey/${step}`;
    await person.visitor.postJson(address, { csrf: secret });
    await person.post(page, step, {
      response: { id: secret, rawId: secret, response: { clientDataJSON: secret } },
    });
    await person.visitor.postJson(address, { csrf: secret }, { origin: secret });
    await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"csrf": ${secret}`,
    });
  }
  const form = formWith(page, 'acr');
  for (const type of ['application/x-www-form-urlencoded', secret]) {
    const twice = `${encodeURIComponent(secret)}=1&${encodeURIComponent(secret)}=2`;
    await fetch(form.action, { method: 'POST', headers: { 'content-type': type }, body: twice });
  }
  await person.visitor.post(form.action, { ...form.fields, csrf: secret, login: secret });
  await person.visitor.post(form.action, { ...form.fields, login: 'ada', acr: secret });
}
