import assert from 'node:assert/strict';
import { describeResource } from '../../../../src/client/command/resource-description.js';

describe('what a gateway says of itself, or a person instead', () => {
  const address = 'https://models.example/';
  const silent: typeof fetch = () => Promise.resolve(new Response('', { status: 404 }));
  const speaking: typeof fetch = () =>
    Promise.resolve(
      Response.json({
        resource: address,
        authorization_servers: ['https://login.example'],
        scopes_supported: ['model:call'],
      }),
    );

  it('asks nobody when everything is told', async () => {
    const nobody: typeof fetch = () => assert.fail('it was asked');
    const told = { issuer: 'https://login.example', scope: 'model:read  model:call' };
    assert.deepEqual(await describeResource(address, told, nobody), {
      resource: address,
      issuer: 'https://login.example',
      scopes: ['model:read', 'model:call'],
    });
  });

  it('says which options help where the gateway says nothing', async () => {
    for (const told of [{}, { issuer: 'https://login.example' }]) {
      await assert.rejects(describeResource(address, told, silent), /say --issuer and --scope/);
    }
  });

  it('takes what is told before what the gateway says', async () => {
    assert.deepEqual(await describeResource(address, { scope: 'model:read' }, speaking), {
      resource: address,
      issuer: 'https://login.example',
      scopes: ['model:read'],
    });
    const other = await describeResource(address, { issuer: 'https://other.example' }, speaking);
    assert.deepEqual([other.issuer, other.scopes], ['https://other.example', ['model:call']]);
  });
});
