import assert from 'node:assert/strict';
import { callback, gatewayA } from '../support/clients.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { authorizeUrl, goThrough, pkce } from '../support/login.js';
import { Visitor } from '../support/visitor.js';

describe('a consent', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast();
  });
  after(() => holdfast.close());

  const ask = (visitor: Visitor, scope: string) => {
    const { issuer } = holdfast;
    const parameters = { prompt: '' };
    const url = new URL(authorizeUrl({ issuer, scope, resource: gatewayA, parameters }, pkce().challenge));
    url.searchParams.delete('prompt');
    return visitor.get(url.href).then((visit) => visitor.follow(visit));
  };
  const consented = async (scope: string) => {
    const visitor = new Visitor();
    const { issuer } = holdfast;
    await goThrough(visitor, authorizeUrl({ issuer, scope }, pkce().challenge), 'ada');
    return visitor;
  };

  it('is remembered: who asks for the same or less gets it without another question', async () => {
    const visitor = await consented('openid email model:read model:call');
    for (const scope of ['openid email model:read model:call', 'openid model:read']) {
      const { location = '' } = await ask(visitor, scope);
      assert.ok(location.startsWith(`${callback}?`), location);
      assert.ok(new URL(location).searchParams.get('code'), location);
    }
  });

  it('is asked for again when more is wanted, and then for the whole', async () => {
    const visitor = await consented('openid model:read');
    const page = await ask(visitor, 'openid email model:read model:call');
    assert.equal(page.location, undefined);
    assert.match(page.text, /See your e-mail/);
    assert.match(page.text, /See which models you can use/);
    assert.match(page.text, /Call Standard models for you/);
  });

  it('holds for the one app that it was given to', async () => {
    const visitor = await consented('openid model:read');
    const { issuer } = holdfast;
    const other = authorizeUrl({ issuer, clientId: 'web', scope: 'openid model:read' }, pkce().challenge);
    const page = await visitor.follow(await visitor.get(other));
    assert.match(page.text, /Allow web\?/);
  });
});
