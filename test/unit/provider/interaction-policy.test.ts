import assert from 'node:assert/strict';
import { catalogue } from '../../../src/web/words/words.js';
import { askerOf } from '../../../src/provider/asker.js';
import { interactionToken, isInteractionToken } from '../../../src/provider/interaction-token.js';
import type { Interaction } from '../../../src/provider/interaction.js';
import { foreignPost } from '../../../src/http/same-origin-post.js';
import { abilitiesOf, askedFor, limitsOf } from '../../../src/provider/scope-words.js';
import type { ResourceConfig } from '../../../src/config/schema.js';

const own = 'https://id.example';

function interactionOf(part: {
  params?: Record<string, unknown>;
  details?: Record<string, unknown>;
  client?: Record<string, unknown>;
}): Interaction {
  return {
    uid: 'uid',
    prompt: { name: 'consent', reasons: [], details: part.details ?? {} },
    params: { redirect_uri: 'https://app.example/cb', ...part.params },
    client: { clientId: 'app', ...part.client } as unknown as Interaction['client'],
    accountId: undefined,
    grantId: undefined,
    demand: undefined,
    startedAt: 0,
  };
}

describe('a post to an interaction', () => {
  const verdicts: [string, Record<string, string>, boolean][] = [
    ['from our own page', { 'sec-fetch-site': 'same-origin', origin: own }, true],
    ['from our own page that sends no referrer', { 'sec-fetch-site': 'same-origin', origin: 'null' }, true],
    ['from an older browser on our own page', { origin: own }, true],
    ['from a program', {}, true],
    ['from another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' }, false],
    [
      'from a sibling of our site',
      { 'sec-fetch-site': 'same-site', origin: 'https://app.id.example' },
      false,
    ],
    ['from nowhere', { 'sec-fetch-site': 'none' }, false],
    ['from another site in an older browser', { origin: 'https://evil.test' }, false],
    ['from a sandboxed frame in an older browser', { origin: 'null' }, false],
    [
      'whose headers contradict each other',
      { 'sec-fetch-site': 'same-origin', origin: 'https://evil.test' },
      false,
    ],
  ];
  for (const [name, headers, allowed] of verdicts) {
    it(`${name} is ${allowed ? 'let in' : 'refused'}`, () => {
      assert.equal(foreignPost(headers, own) === undefined, allowed);
    });
  }

  it('carries a token of its own interaction', () => {
    const key = Buffer.alloc(32, 1);
    const token = interactionToken(key, 'one');
    assert.equal(isInteractionToken(key, 'one', token), true);
    assert.equal(isInteractionToken(key, 'two', token), false);
    assert.equal(isInteractionToken(Buffer.alloc(32, 2), 'one', token), false);
    assert.equal(isInteractionToken(key, 'one', ''), false);
  });
});

describe('who asks', () => {
  it('is named by its own name and by hosts', () => {
    const asker = askerOf(
      interactionOf({ client: { clientName: 'Tidewater', clientUri: 'https://tidewater.example/about' } }),
      catalogue.en,
    );
    assert.deepEqual(asker, {
      name: 'Tidewater',
      place: 'tidewater.example',
      back: 'app.example',
      redirectUri: 'https://app.example/cb',
      onDevice: false,
      own: false,
    });
  });

  it('is shown in punycode when its host imitates another (threat 39)', () => {
    const asker = askerOf(
      interactionOf({ params: { redirect_uri: 'https://tіdewater.example/cb' } }),
      catalogue.en,
    );
    assert.match(asker.back, /^xn--/);
  });

  it('is an app on this device when it has no host of its own', () => {
    for (const redirect_uri of ['http://127.0.0.1:4000/cb', 'com.example.app:/cb']) {
      assert.match(
        askerOf(interactionOf({ params: { redirect_uri } }), catalogue.en).back,
        /^an app on this device/,
      );
    }
  });
});

describe('what is asked for', () => {
  const resources = [
    { identifier: 'https://models.example/', scope: 'model:read model:call model:tune' },
    { identifier: 'https://other.example/', scope: 'model:call' },
  ] as ResourceConfig[];

  it('is told in plain words, a scope without words by its name and place', () => {
    const asked = askedFor(
      interactionOf({
        params: { scope: 'openid profile email model:call model:tune', resource: 'https://models.example/' },
      }),
      resources,
    );
    assert.deepEqual(abilitiesOf(asked, catalogue.en), [
      'See your name and e-mail',
      'Call models for you',
      'Use “model:tune” at models.example',
    ]);
  });

  it('includes what was granted before, and the resource that the scopes imply', () => {
    const asked = askedFor(
      interactionOf({
        params: { scope: 'openid model:call' },
        details: { missingResourceScopes: { 'https://other.example/': ['model:call'] } },
      }),
      resources,
    );
    assert.deepEqual(asked.resourceScopes, { 'https://other.example/': ['model:call'] });
    assert.deepEqual(abilitiesOf(asked, catalogue.en), ['Know that it is you', 'Call models for you']);
  });

  it('says of an identity-only client that it can spend nothing', () => {
    const asked = askedFor(interactionOf({ params: { scope: 'openid' } }), resources);
    assert.ok(limitsOf(asked, catalogue.en).includes('Call a model or spend anything'));
  });
});
