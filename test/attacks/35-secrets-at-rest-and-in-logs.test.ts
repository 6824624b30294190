import { strict as assert } from 'node:assert';
import { systemClock } from '../../src/lib/clock.js';
import { deriveKey } from '../../src/lib/hashing.js';
import { open } from '../../src/lib/seal.js';
import { openStorage } from '../../src/storage/open.js';
import type { Storage } from '../../src/storage/storage.js';
import { assertionClient } from '../support/assertion-client.js';
import { agents } from '../support/backchannel-desk.js';
import { testClients } from '../support/clients.js';
import { credentialsSeen } from '../support/credentials-seen.js';
import { dumpDatabase } from '../support/database-dump.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { misplace } from '../support/misplaced-secrets.js';
import { createDatabase } from '../support/postgres.js';
import { findSecrets, type Haystack, type Secret } from '../support/secret-search.js';
import { playWholeStory } from '../support/whole-story.js';
import { tapWire, type Exchange } from '../support/wiretap.js';

/*
 * Law 7 and threat 35: the whole story is played, also with every secret put where it does not belong; then whatever
 * a thief of logs, metrics, answers or the database could read is searched for all of them, in their usual encodings.
 */
describe('threat 35: no secret at rest, in a log, in metrics or in a refusal', () => {
  let holdfast: Holdfast;
  let storage: Storage;
  let url: string;
  let exchanges: Exchange[];
  let secrets: Secret[];
  let database: Haystack[];
  let metrics: string;
  let redirects: Haystack[];

  before(async function () {
    this.timeout(90_000);
    url = await createDatabase();
    storage = await openStorage({ databaseUrl: url, dataFolder: undefined, clock: systemClock });
    await storage.migrate();
    const machine = await assertionClient();
    holdfast = await startHoldfast(
      { ...agents, clients: [...(agents.clients ?? []), machine.metadata] },
      { storage },
    );
    const tap = tapWire();
    exchanges = tap.exchanges;
    try {
      await playWholeStory(holdfast, machine);
      redirects = redirectsOf(exchanges);
      const misplaced = oneOfEachKind(credentialsSeen(exchanges), [
        'access_token',
        'id_token',
        'code',
        'client_secret',
        'auth_req_id',
        'request_uri',
        'cookie holdfast_session',
      ]);
      for (const secret of misplaced) await misplace(holdfast.issuer, secret.value as string);
    } finally {
      tap.stop();
    }
    secrets = [...credentialsSeen(exchanges), ...(await ownKeys())];
    metrics = await holdfast.app.metrics();
    await holdfast.close();
    database = await dumpDatabase(url);
    await storage.close();
  });

  it('plays with secrets of every kind, and none is missing from the search', () => {
    const kinds = new Set(secrets.map(({ name }) => name));
    for (const kind of [
      'cookie holdfast_session',
      'cookie holdfast_session.sig',
      'cookie holdfast_interaction',
      'cookie holdfast_sign_up',
      'cookie holdfast_recovery',
      'recovery code',
      'undo link',
      'proof',
      'authorization',
      'access_token',
      'refresh_token',
      'id_token',
      'request_uri',
      'challenge',
      'client_secret',
      'client_assertion',
      'auth_req_id',
      'client_notification_token',
      'approval link',
      'code',
      'code_verifier',
      'csrf',
      'xsrf',
      'master key',
      'private part of a signing key',
    ]) {
      assert.ok(kinds.has(kind), `no ${kind} was used`);
    }
    assert.ok(holdfast.log.length > 200, 'the log was written');
    assert.ok(database.length > 10, 'the database was read');
  });

  it('finds what is planted, so that finding nothing means something', () => {
    const planted: Secret = { name: 'planted', value: secrets[0]?.value ?? '' };
    for (const text of [String(planted.value), Buffer.from(planted.value).toString('base64')]) {
      assert.equal(findSecrets([planted], [{ name: 'somewhere', text: `x=${text}` }]).length, 1);
    }
    const known = { name: 'display name', value: 'Grace Brewster' };
    assert.deepEqual(
      new Set(findSecrets([known], database).map(({ place }) => place)),
      new Set(['table account']),
    );
    const routes = { name: 'route', value: 'no-such-address' };
    assert.notDeepEqual(findSecrets([routes], database), []);
    assert.notDeepEqual(findSecrets([routes], [log()]), []);
  });

  it('the log holds none', () => assert.deepEqual(findSecrets(secrets, [log()]), []));
  it('the database holds none', () => assert.deepEqual(findSecrets(secrets, database), []));

  it('the metrics hold none', () => {
    assert.match(metrics, /cross_site_form/);
    assert.deepEqual(findSecrets(secrets, [{ name: 'metrics', text: metrics }]), []);
  });

  it('no address that we send a browser to holds one, but for those that are made to stand there', () => {
    const inAddresses = ['code', 'interaction', 'request_uri'];
    const made = secrets.filter(
      ({ name }) => !inAddresses.includes(name) && !/interaction|resume/.test(name),
    );
    assert.ok(redirects.length > 20);
    assert.deepEqual(findSecrets(made, redirects), []);
  });

  it('no refusal repeats one, not even to whoever sent it', () => {
    const refusals = exchanges
      .filter(({ status }) => status >= 400)
      .map((each) => ({
        name: `${each.method} ${new URL(each.url).pathname} ${each.status}`,
        text: `${each.body}\n${headersOf(each)}`,
      }));
    assert.ok(refusals.length > 100);
    assert.deepEqual(findSecrets(secrets, refusals), []);
  });

  const log = (): Haystack => ({ name: 'log', text: holdfast.log.join('') });

  /** What the server alone knows. */
  async function ownKeys(): Promise<Secret[]> {
    const { masterKey } = holdfast;
    const sealingKey = deriveKey(masterKey, 'keystore');
    const parts = (await storage.signingKeys.list()).map(async ({ sealedPrivateJwk = '' }) => {
      const sealed = !sealedPrivateJwk.startsWith('{');
      const jwk = sealed ? await open(sealingKey, sealedPrivateJwk) : sealedPrivateJwk;
      const { d = '' } = JSON.parse(jwk) as JsonWebKey;
      return { name: 'private part of a signing key', value: d };
    });
    const purposes = ['keystore', 'dpop nonce', 'cookies', 'keyed digest', 'interaction', 'interaction form'];
    return [
      { name: 'master key', value: masterKey },
      ...purposes.map((purpose) => ({
        name: `the key for ${purpose}`,
        value: deriveKey(masterKey, purpose),
      })),
      ...(await Promise.all(parts)),
      ...testClients.flatMap(({ client_secret: value }) =>
        typeof value === 'string' ? [{ name: 'client_secret', value }] : [],
      ),
    ];
  }
});

function oneOfEachKind(found: readonly Secret[], kinds: readonly string[]): Secret[] {
  return kinds.flatMap((kind) => found.find(({ name }) => name === kind) ?? []);
}

function redirectsOf(exchanges: readonly Exchange[]): Haystack[] {
  return exchanges.flatMap(({ method, url, received }) => {
    const location = received.get('location');
    return location === null ? [] : [{ name: `${method} ${new URL(url).pathname}`, text: location }];
  });
}

/** Those that tell something; cookies are what the answer is to hand out. */
function headersOf({ received }: Exchange): string {
  return [...received].filter(([name]) => name !== 'set-cookie').join('\n');
}
