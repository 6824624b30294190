import { strict as assert } from 'node:assert';
import { describeProblem } from '../../../src/config/problem.js';
import { loadConfig, type LoadedConfig } from '../../../src/config/load.js';
import type { Config } from '../../../src/config/schema.js';
import { bearerAllowed } from '../../support/observing.js';

/** Loads `yaml` as the file that HOLDFAST_CONFIG names. */
function load(yaml: string, env: Record<string, string> = {}): LoadedConfig {
  return loadConfig({ env: { HOLDFAST_CONFIG: 'test.yaml', ...env }, readFile: () => yaml });
}

function configOf(loaded: LoadedConfig): Config {
  if (!loaded.ok) assert.fail(loaded.problems.map(describeProblem).join('\n'));
  return loaded.config;
}

function problemsOf(loaded: LoadedConfig): string[] {
  assert.equal(loaded.ok, false, 'the configuration was accepted');
  return loaded.ok ? [] : loaded.problems.map(describeProblem);
}

const secretKey = Buffer.alloc(32, 7).toString('base64url');
const production = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://db.internal/holdfast',
  HOLDFAST_ISSUER: 'https://id.example.com',
  HOLDFAST_SECRET_KEY: secretKey,
};

describe('loading the configuration', () => {
  it('fills every default and lets issuer, gateway and management port follow PORT', () => {
    const config = configOf(load('', { PORT: '7000' }));
    assert.equal(config.issuer, 'http://localhost:7000');
    assert.equal(config.gateway_port, 7001);
    assert.equal(config.management_port, 7002);
    assert.equal(config.rp_id, 'localhost');
    assert.equal(config.dpop.require_nonce, true);
  });

  it('takes every kind of setting from the environment, over the file', () => {
    const config = configOf(
      load('dpop: { window_past: 60 }\nbrand: { name: File }', {
        HOLDFAST_DPOP_WINDOW_PAST: '120',
        HOLDFAST_DPOP_REQUIRE_NONCE: 'false',
        HOLDFAST_BRAND_NAME: 'Variable',
        HOLDFAST_TRUSTED_PROXIES: '["10.0.0.0/8"]',
      }),
    );
    assert.equal(config.dpop.window_past, 120);
    assert.equal(config.dpop.require_nonce, false);
    assert.equal(config.brand.name, 'Variable');
    assert.deepEqual(config.trusted_proxies, ['10.0.0.0/8']);
  });

  it('takes an empty variable as not set', () => {
    assert.equal(configOf(load('', { DATABASE_URL: '' })).database_url, undefined);
  });

  it('fills ${issuer} and ${gateway} into clients and resources', () => {
    const config = configOf(
      load(
        'clients:\n  - client_id: a\n    redirect_uris: ["${issuer}/cb"]\nresources:\n  - identifier: ${gateway}/\n',
        { PORT: '7000' },
      ),
    );
    assert.deepEqual(config.clients[0]?.['redirect_uris'], ['http://localhost:7000/cb']);
    assert.equal(config.resources[0]?.identifier, 'http://localhost:7001/');
  });

  it('hands out a snapshot that nothing can change', () => {
    const config = configOf(load('clients: [{ client_id: a, redirect_uris: ["https://a.example/"] }]'));
    const uris: unknown = config.clients[0]?.['redirect_uris'];
    assert.ok(Array.isArray(uris));
    assert.throws(() => uris.push('https://evil.example/'), TypeError);
    assert.ok(Object.isFrozen(config.dpop));
  });

  it('loads the file that we ship', () => {
    const config = configOf(loadConfig({ env: {} }));
    assert.deepEqual(
      config.clients.map((client) => client.client_id),
      ['holdfast-cli', 'example-cli', 'example-spa', 'example-gateway'],
    );
    assert.equal(config.resources[0]?.identifier, 'http://localhost:6181/');
  });

  it('warns of what has no effect yet and of resource servers that are not in the file', () => {
    const loaded = load(
      'prices: []\nresources: [{ identifier: "https://m.example/", resource_servers: [gw] }]',
    );
    assert.ok(loaded.ok);
    const warnings = loaded.warnings.map(describeProblem);
    assert.match(warnings.join('\n'), /test\.yaml:2 resources\.0\.resource_servers\.0: no client gw/);
    assert.match(warnings.join('\n'), /test\.yaml:1 prices: is reserved/);
  });
});

describe('refusing a configuration', () => {
  it('offers the nearest name of an unknown setting, with its line', () => {
    assert.deepEqual(problemsOf(load('port: 1\nisuer: https://a.example')), [
      'test.yaml:2 isuer: is not a setting; did you mean issuer?',
    ]);
    assert.deepEqual(problemsOf(load('dpop:\n  require_nonc: true')), [
      'test.yaml:2 dpop.require_nonc: is not a setting; did you mean require_nonce?',
    ]);
    assert.deepEqual(problemsOf(load('require_nonce: true')), [
      'test.yaml:1 require_nonce: is not a setting; did you mean dpop.require_nonce?',
    ]);
    assert.deepEqual(problemsOf(load('resources:\n  - identifier: https://a.example/\n    lifetme: 3')), [
      'test.yaml:3 resources.0.lifetme: is not a setting; did you mean lifetime?',
    ]);
    assert.deepEqual(problemsOf(load('', { HOLDFAST_DPOP_REQUIRE_NONSE: 'true' })), [
      'HOLDFAST_DPOP_REQUIRE_NONSE: is not a setting; did you mean HOLDFAST_DPOP_REQUIRE_NONCE?',
    ]);
    assert.match(
      problemsOf(load('clients: [{ client_id: a, redirect_uri: "https://a.example" }]')).join(),
      /clients\.0\.redirect_uri: is not client metadata; did you mean redirect_uris\?/,
    );
  });

  it('lists everything that is wrong at once, also what only shows between settings', () => {
    const problems = problemsOf(
      load('issuer: http://id.example.com\nport: many\nclients:\n  - client_id: a\n  - client_id: a\n', {
        HOLDFAST_LOG_LEVEL: 'loud',
      }),
    ).join('\n');
    assert.match(problems, /test\.yaml:2 port: /);
    assert.match(problems, /HOLDFAST_LOG_LEVEL log_level: /);
    assert.match(problems, /test\.yaml:1 issuer: must be https/);
    assert.match(problems, /test\.yaml:5 clients\.1\.client_id: a is declared twice/);
  });

  it('says what is missing, unreadable or no YAML', () => {
    const absent = loadConfig({ env: { HOLDFAST_CONFIG: '/nowhere/holdfast.yaml' } });
    assert.match(problemsOf(absent).join(), /there is no such file \(HOLDFAST_CONFIG\)/);
    assert.match(problemsOf(load('clients: [{}]')).join(), /clients\.0\.client_id: is required/);
    assert.match(problemsOf(load('a: [')).join(), /test\.yaml:1: not YAML/);
    assert.match(problemsOf(load('- a')).join(), /the file must hold settings/);
    assert.match(problemsOf(load('', { HOLDFAST_CLIENTS: 'a,b' })).join(), /must be JSON/);
    assert.match(problemsOf(load('', { PORT: '80a' })).join(), /PORT port: must be a whole number/);
  });

  it('refuses issuers that are not a bare https origin', () => {
    for (const issuer of ['http://id.example.com', 'https://id.example.com/auth', 'https://ID.example.com']) {
      assert.match(problemsOf(load('', { HOLDFAST_ISSUER: issuer })).join(), /issuer: must be/, issuer);
    }
    for (const issuer of ['http://id.test', 'http://127.0.0.1:6180', 'https://id.example.com/']) {
      configOf(load('', { HOLDFAST_ISSUER: issuer }));
    }
  });

  it('refuses an RP ID that is not the issuer’s host or a parent of it', () => {
    const env = { HOLDFAST_ISSUER: 'https://id.example.com' };
    configOf(load('rp_id: example.com', env));
    assert.match(problemsOf(load('rp_id: ample.com', env)).join(), /rp_id: must be/);
  });

  it('refuses equal ports, resources declared twice or with a fragment, and odd proxies', () => {
    assert.match(problemsOf(load('port: 6000\nmanagement_port: 6000')).join(), /management_port: is 6000/);
    const resource = '{ identifier: "https://m.example/" }';
    assert.match(problemsOf(load(`resources: [${resource}, ${resource}]`)).join(), /declared twice/);
    assert.match(problemsOf(load('resources: [{ identifier: "https://m.example/#a" }]')).join(), /fragment/);
    assert.match(problemsOf(load('trusted_proxies: [10.0.0.0/33]')).join(), /CIDR/);
  });
});

describe('production', () => {
  it('starts with a database, a secret key and an https issuer', () => {
    assert.equal(configOf(load('', production)).environment, 'production');
  });

  it('refuses the embedded database unless that is dangerously allowed', () => {
    const embedded = { ...production, DATABASE_URL: '' };
    assert.match(problemsOf(load('', embedded)).join(), /database_url: is required in production/);
    configOf(load('dangerously_allow_embedded_in_production: true', embedded));
  });

  it('refuses a missing or malformed secret key', () => {
    assert.match(
      problemsOf(load('', { ...production, HOLDFAST_SECRET_KEY: '' })).join(),
      /secret_key: is required/,
    );
    assert.match(
      problemsOf(load('', { ...production, HOLDFAST_SECRET_KEY: 'short' })).join(),
      /base64url of 32/,
    );
  });

  it('refuses the secrets that we ship for development', () => {
    const loaded = loadConfig({ env: { ...production, HOLDFAST_CONFIG: 'config/holdfast.yaml' } });
    assert.match(problemsOf(loaded).join(), /clients\.3\.client_secret: is the secret that we ship/);
  });

  it('lets bearer credentials in under a tier, caps and an end, and never without', () => {
    const resource = (bearer: string) =>
      `resources: [{ identifier: "https://m.example/", dangerously_allow_bearer: ${bearer} }]`;
    assert.match(problemsOf(load(resource('true'), production)).join(), /dangerously_allow_bearer: .*object/);
    assert.match(problemsOf(load(resource('{}'), production)).join(), /cap_in_all: is required/);
    configOf(load(resource(JSON.stringify(bearerAllowed)), production));
  });

  it('refuses to let what a thief added be strong before its owner can read of it', () => {
    for (const name of ['new_passkey_hold', 'recovery_hold']) {
      const yaml = `accounts: { ${name}: 3599 }`;
      configOf(load(yaml));
      assert.match(
        problemsOf(load(yaml, production)).join(),
        new RegExp(`accounts.${name}: must be at least`),
      );
      configOf(load(`accounts: { ${name}: 3600 }`, production));
    }
  });

  it('refuses every other dangerous setting', () => {
    const yaml = 'dangerously_allow_private_network_fetch: true';
    configOf(load(yaml));
    assert.match(
      problemsOf(load(yaml, production)).join(),
      /private_network_fetch: is refused in production/,
    );
  });

  it('refuses the test login, as does an issuer that others can reach', () => {
    const yaml = 'dangerously_allow_test_login: true';
    configOf(load(yaml));
    configOf(load(yaml, { HOLDFAST_ISSUER: 'https://id.test' }));
    const refused = /dangerously_allow_test_login: lets anyone sign in/;
    assert.match(problemsOf(load(yaml, { HOLDFAST_ISSUER: 'https://id.example.com' })).join(), refused);
    assert.match(
      problemsOf(load(yaml, { ...production, HOLDFAST_ISSUER: 'https://id.test' })).join(),
      refused,
    );
  });
});
