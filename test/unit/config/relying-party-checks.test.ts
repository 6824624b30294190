import assert from 'node:assert/strict';
import { checkRelyingParty, doubtRelyingParty } from '../../../src/config/relying-party-checks.js';

describe('the RP ID beside the issuer', () => {
  const place = (changes: Partial<Parameters<typeof checkRelyingParty>[0]> = {}) => ({
    issuer: 'https://id.example.com',
    rp_id: 'id.example.com',
    environment: 'production' as const,
    related_origins: [],
    ...changes,
  });
  const refusals = (changes: Parameters<typeof place>[0]) =>
    checkRelyingParty(place(changes)).map(({ path, message }) => `${path.join('.')} ${message}`);
  const doubts = (changes: Parameters<typeof place>[0]) =>
    doubtRelyingParty(place(changes)).map(({ path, message }) => `${path.join('.')} ${message}`);

  it('is fine as the host of the issuer or the domain above it', () => {
    for (const rpId of ['id.example.com', 'example.com']) {
      assert.deepEqual(refusals({ rp_id: rpId }), []);
      assert.deepEqual(doubts({ rp_id: rpId }), []);
    }
    const here = { issuer: 'http://localhost:6180', rp_id: 'localhost', environment: 'development' as const };
    assert.deepEqual([...refusals(here), ...doubts(here)], []);
  });

  it('can’t be a public suffix', () => {
    for (const [issuer, suffix] of [
      ['https://id.example.com', 'com'],
      ['https://id.example.co.uk', 'co.uk'],
      ['https://holdfast.github.io', 'github.io'],
    ]) {
      assert.match(refusals({ issuer: issuer ?? '', rp_id: suffix ?? '' }).join(), /is a public suffix/);
    }
  });

  it('is doubted where production and a rehearsal would share it', () => {
    for (const issuer of [
      'https://id.staging.example.com',
      'https://staging-id.example.com',
      'https://id-test2.example.com',
      'https://dev.example.com',
    ]) {
      assert.match(doubts({ issuer, rp_id: 'example.com' }).join(), /shares with/, issuer);
      assert.deepEqual(doubts({ issuer, rp_id: new URL(issuer).hostname }), []);
    }
    assert.match(doubts({ rp_id: 'example.com', environment: 'development' }).join(), /shares with/);
    assert.deepEqual(doubts({ issuer: 'https://latest.example.com', rp_id: 'example.com' }), []);
  });

  it('is doubted in production on this machine alone', () => {
    const local = { issuer: 'https://localhost:8443', rp_id: 'localhost' };
    assert.match(doubts(local).join(), /real address/);
    assert.deepEqual(doubts({ ...local, environment: 'test' }), []);
  });

  it('is shared with bare https origins, each named once', () => {
    const good = ['https://app.example.org', 'https://example.net:8443'];
    assert.deepEqual(refusals({ related_origins: good }), []);
    for (const bad of [
      'http://app.example.org',
      'https://app.example.org/',
      'https://app.example.org/path',
      'https://APP.example.org',
      'app.example.org',
      '*',
    ]) {
      assert.match(refusals({ related_origins: [bad] }).join(), /^related_origins\.0 must be a bare/, bad);
    }
    assert.match(refusals({ related_origins: ['https://id.example.com'] }).join(), /named already/);
    assert.match(refusals({ related_origins: [...good, ...good] }).join(), /named already/);
  });

  it('is doubted where browsers would not look at every related origin, or ask another host', () => {
    const many = ['a', 'b', 'c', 'd', 'e'].map((name) => `https://${name}-app.test`);
    assert.match(doubts({ related_origins: many }).join(), /6 names/);
    assert.deepEqual(doubts({ related_origins: many.slice(1) }), []);
    const above = { rp_id: 'example.com', related_origins: ['https://app.example.org'] };
    assert.match(doubts(above).join(), /looked for at https:\/\/example\.com\/\.well-known\/webauthn/);
  });
});
