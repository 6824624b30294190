import assert from 'node:assert/strict';
import { addClient } from '../../src/admin/client-command.js';
import type { AdminPorts } from '../../src/admin/admin-ports.js';
import { loadConfig } from '../../src/config/load.js';
import { AccountVisitor } from '../support/account-visitor.js';
import { Device } from '../support/device.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { Visitor } from '../support/visitor.js';

const id = 'holdfast-account';

/** Decision 0016: the account's pages have a person sign in by a client of our own, which gets nothing by it. */
describe('the client of the account’s pages', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast();
  });
  after(() => holdfast.close());

  const authorize = (parameters: Record<string, string>) => {
    const own = { client_id: id, scope: 'openid', redirect_uri: `${holdfast.issuer}/account/signed-in` };
    return `${holdfast.issuer}/authorize?${new URLSearchParams({ ...own, ...parameters }).toString()}`;
  };

  it('gets neither code nor token, whatever is asked for', async () => {
    const { visitor } = await AccountVisitor.signedIn(holdfast);
    const pkce = { code_challenge: 'a'.repeat(43), code_challenge_method: 'S256', nonce: 'n' };
    for (const type of ['code', 'token', 'id_token', 'code id_token', 'code token', 'id_token token']) {
      const { location = '' } = await visitor.get(authorize({ response_type: type, ...pkce }));
      assert.match(location, /[?#]error=/, type);
      assert.doesNotMatch(location, /code=|token=/, type);
    }
    const { location = '' } = await visitor.get(authorize({ response_type: 'none' }));
    const answer = new URL(location);
    assert.deepEqual([...answer.searchParams.keys()], ['iss']);
    assert.equal(answer.hash, '');
  });

  it('is not named as a place to go on to where an account is made', async () => {
    const visitor = new Visitor();
    const login = await visitor.follow(await visitor.get(authorize({ response_type: 'none' })));
    const signUp = await visitor.get(`${login.url}/sign-up`);
    assert.match(signUp.text, /Create an account/);
    assert.doesNotMatch(signUp.text, /then on to/);
  });

  it('is sent back to one address only', async () => {
    const redirect_uri = `${holdfast.issuer}/account/signed-in/`;
    for (const uri of [redirect_uri, 'https://evil.test/', `${holdfast.issuer}/account`]) {
      const answer = await new Visitor().get(authorize({ response_type: 'none', redirect_uri: uri }));
      assert.equal(answer.status, 400, uri);
      assert.equal(answer.location, undefined);
    }
  });

  it('gets nothing at the token endpoint', async () => {
    const device = await Device.create(holdfast.clock);
    for (const grant_type of ['client_credentials', 'authorization_code', 'refresh_token']) {
      const form = { client_id: id, grant_type, code: 'x', refresh_token: 'x', redirect_uri: 'x' };
      const { status, body } = await device.post({ url: `${holdfast.issuer}/token`, form });
      assert.equal(status, 400, grant_type);
      assert.match(String(body['error_description']), /not allowed for this client/);
    }
  });

  it('leaves no grant behind', async () => {
    const person = await AccountVisitor.signedIn(holdfast);
    assert.deepEqual(await holdfast.storage.grants.listOf(await person.accountId()), []);
  });

  it('is told of by nobody: discovery lists what clients may use', async () => {
    const answer = await fetch(`${holdfast.issuer}/.well-known/openid-configuration`);
    const metadata = (await answer.json()) as Record<string, unknown>;
    assert.deepEqual(metadata['response_types_supported'], ['code']);
  });

  it('can be declared by no config and no command, and no other client can be like it', async () => {
    const client = { client_id: id, redirect_uris: ['https://evil.test/'], response_types: ['none'] };
    const read = (clients: object[]) =>
      loadConfig({ env: { HOLDFAST_CONFIG: 'x.yaml' }, readFile: () => JSON.stringify({ clients }) });
    const loaded = read([client]);
    assert.ok(!loaded.ok && loaded.problems.some(({ message }) => message.includes('is ours')));
    const added = await addClient({ ...holdfast, ...adminPorts() }, { client_id: id, kind: 'native' });
    assert.equal((added as { error?: string }).error, 'client_taken');
    const other = { ...client, client_id: 'like-it', token_endpoint_auth_method: 'none' };
    await holdfast.storage.clients.insert({
      clientId: 'like-it',
      source: 'database',
      metadata: other,
      createdAt: new Date(0),
    });
    const redirect_uri = 'https://evil.test/';
    const answer = await new Visitor().get(
      authorize({ client_id: 'like-it', response_type: 'none', redirect_uri }),
    );
    assert.equal(answer.location, undefined, 'its metadata is refused');
  });

  const adminPorts = () => ({ stores: holdfast.storage }) as unknown as AdminPorts;
});
