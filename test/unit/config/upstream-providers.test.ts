import assert from 'node:assert/strict';
import { acrLadder } from '../../../src/accounts/authentication.js';
import { loadConfig } from '../../../src/config/load.js';
import { upstreamProviderSchema } from '../../../src/config/schema.js';

const google = {
  id: 'google',
  name: 'Google',
  issuer: 'https://accounts.google.com',
  client_id: 'us-at-google',
  client_secret: 'a-secret-from-there',
};

function load(providers: readonly object[], more: object = {}, env: Record<string, string> = {}) {
  const file = JSON.stringify({ upstream_providers: providers, ...more });
  return loadConfig({ env: { HOLDFAST_CONFIG: 'test.yaml', ...env }, readFile: () => file });
}

function problemsOf(providers: readonly object[], more: object = {}): string[] {
  const loaded = load(providers, more);
  assert.equal(loaded.ok, false, 'the configuration was accepted');
  return loaded.ok ? [] : loaded.problems.map(({ setting, message }) => `${setting} ${message}`);
}

describe('upstream providers in the configuration', () => {
  it('are the weakest logins with e-mail and profile unless the operator says otherwise', () => {
    const loaded = load([google]);
    assert.ok(loaded.ok);
    const [provider] = loaded.config.upstream_providers;
    assert.equal(provider?.acr, 'urn:holdfast:acr:basic');
    assert.equal(provider.scope, 'openid email profile');
    assert.equal(provider.email_verified_claim, 'email_verified');
    assert.equal(provider.client_secret, 'a-secret-from-there');
  });

  it('know the ladder that accounts have', () => {
    assert.deepEqual(upstreamProviderSchema.shape.acr.unwrap().options, [...acrLadder]);
  });

  it('take the secret from the variable that they name', () => {
    const provider = { ...google, client_secret: undefined, client_secret_variable: 'GOOGLE_SECRET' };
    const loaded = load([provider], {}, { GOOGLE_SECRET: 'from-the-environment' });
    assert.ok(loaded.ok);
    assert.equal(loaded.config.upstream_providers[0]?.client_secret, 'from-the-environment');
    assert.match(problemsOf([provider]).join(), /upstream_providers\.0\.client_secret is required/);
    assert.match(problemsOf([{ ...google, client_secret: undefined }]).join(), /client_secret is required/);
  });

  it('have ids and issuers of their own', () => {
    assert.match(
      problemsOf([google, { ...google, issuer: 'https://other.example' }]).join(),
      /1\.id google is declared twice/,
    );
    assert.match(problemsOf([google, { ...google, id: 'again' }]).join(), /1\.issuer .* is declared twice/);
    for (const id of ['', 'Google', 'a/b', '-a', 'a-', 'a'.repeat(33), 'ä']) {
      assert.match(problemsOf([{ ...google, id }]).join(), /upstream_providers\.0\.id/, id);
    }
  });

  it('are https, or http on this machine where private addresses may be fetched', () => {
    const refused = (issuer: string, more: object = {}) =>
      assert.match(problemsOf([{ ...google, issuer }], more).join(), /0\.issuer must/, issuer);
    const allowed = { dangerously_allow_private_network_fetch: true };
    refused('http://accounts.example');
    refused('http://accounts.example', allowed);
    refused('http://127.0.0.1:6190');
    refused('ftp://accounts.example', allowed);
    refused('https://accounts.example/?tenant=1');
    refused('https://accounts.example/#x');
    for (const issuer of ['http://127.0.0.1:6190', 'http://up.test', 'https://accounts.example/tenant/']) {
      assert.ok(load([{ ...google, issuer }], allowed).ok, issuer);
    }
  });

  it('ask for an ID token', () => {
    assert.match(problemsOf([{ ...google, scope: 'email profile' }]).join(), /scope must have openid in it/);
  });

  it('are stronger than the weakest only with values by which each login proves it', () => {
    const acr = 'urn:holdfast:acr:phr';
    assert.match(problemsOf([{ ...google, acr }]).join(), /0\.acr above the weakest needs acr_values/);
    assert.ok(load([{ ...google, acr, acr_values: 'phr phrh' }]).ok);
    assert.match(problemsOf([{ ...google, acr: 'gold' }]).join(), /0\.acr/);
  });
});
