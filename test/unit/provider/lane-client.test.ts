import assert from 'node:assert/strict';
import type { Client } from 'oidc-provider';
import { createLaneClients } from '../../../src/provider/lane-client.js';

const basicOf = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

describe('client authentication on a lane', () => {
  const make = (metadata: Record<string, unknown> = {}) => {
    const state = { version: '1' as string | undefined, secret: 'open sesame:%', compared: 0 };
    const client = {
      tokenEndpointAuthMethod: 'client_secret_basic',
      ...metadata,
      compareClientSecret: async (presented: string) => {
        state.compared += 1;
        return presented === state.secret;
      },
    };
    const lanes = createLaneClients({
      configured: [{ client_id: 'in the file' }],
      version: async () => state.version,
      find: async (id) => (id === 'gone' ? undefined : (client as unknown as Client)),
      capacity: 2,
    });
    return { lanes, state, of: (authorization: string) => lanes.authenticate({ authorization }) };
  };
  // RFC 6749 §2.3.1: form-encoded first.
  const right = basicOf('rs', 'open+sesame%3A%25');

  it('checks a secret once and knows the header afterwards', async () => {
    const { of, state } = make();
    assert.deepEqual(await of(right), { clientId: 'rs', version: '1' });
    assert.deepEqual(of(right), { clientId: 'rs', version: '1' });
    assert.equal(state.compared, 1);
  });

  it('remembers no wrong secret, and takes the long way with everything that is not plain', async () => {
    const { of, lanes, state } = make();
    for (let time = 1; time <= 2; time += 1) {
      // oxlint-disable-next-line no-await-in-loop -- the second time is the question
      assert.equal(await of(basicOf('rs', 'wrong')), undefined);
      assert.equal(state.compared, time);
    }
    const strange = [
      'Bearer x',
      'Basic',
      `${right} x`,
      right.replace('Basic ', 'Basic  '),
      `${right}=`,
      'Basic !!!!',
      basicOf('rs', ''),
      basicOf('', 'x'),
      basicOf('rs', '%zz'),
      basicOf('rs', 'ü'),
      basicOf('gone', 'x'),
      `Basic ${Buffer.from('no colon').toString('base64')}`,
    ];
    for (const header of strange) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, to name the one that fails
      assert.equal(await of(header), undefined, header);
    }
    assert.equal(await lanes.authenticate({}), undefined);
    const attested = { authorization: right, 'oauth-client-attestation': 'x' };
    assert.equal(await lanes.authenticate(attested), undefined);
  });

  it('leaves clients without a secret, or with one that ends, to the long way', async () => {
    assert.equal(await make({ tokenEndpointAuthMethod: 'none' }).of(right), undefined);
    assert.equal(await make({ tokenEndpointAuthMethod: 'private_key_jwt' }).of(right), undefined);
    assert.equal(await make({ clientSecretExpiresAt: 1 }).of(right), undefined);
  });

  it('forgets a client whose row is another or gone', async () => {
    const { of, lanes, state } = make();
    const client = await of(right);
    assert.ok(client);
    assert.equal(lanes.stands(client, '1'), true);
    assert.equal(lanes.stands(client, '2'), false);
    state.version = '2';
    state.secret = 'another';
    assert.equal(await of(right), undefined);
    state.secret = 'open sesame:%';
    const again = await of(right);
    assert.ok(again);
    assert.equal(lanes.stands(again, undefined), false);
    state.version = undefined;
    assert.equal(await of(right), undefined);
  });

  it('knows a client of the config file without its row', async () => {
    const { of, lanes, state } = make();
    state.version = undefined;
    const client = await of(basicOf('in+the+file', 'open+sesame%3A%25'));
    assert.deepEqual(client, { clientId: 'in the file', version: undefined });
    assert.ok(client && lanes.stands(client, null));
  });

  it('remembers no more than it may', async () => {
    const { of, state } = make();
    const others = [right, `basic ${right.slice(6)}`, `BASIC ${right.slice(6)}`];
    for (const header of others) {
      // oxlint-disable-next-line no-await-in-loop -- in this order
      await of(header);
    }
    await of(right);
    assert.equal(state.compared, 4);
  });
});
