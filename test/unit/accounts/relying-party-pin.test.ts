import assert from 'node:assert/strict';
import { pinRelyingPartyId, RelyingPartyChanged } from '../../../src/accounts/relying-party-pin.js';
import type { SettingStore } from '../../../src/lib/setting-store.js';

function settingsInMemory(): SettingStore {
  const kept = new Map<string, string>();
  return {
    pin: async (name, value) => {
      if (!kept.has(name)) kept.set(name, value);
      return kept.get(name) ?? value;
    },
    read: async (name) => kept.get(name),
  };
}

describe('the RP ID', () => {
  it('stays what it was at the first start', async () => {
    const settings = settingsInMemory();
    await pinRelyingPartyId(settings, 'id.example');
    await pinRelyingPartyId(settings, 'id.example');
    assert.equal(await settings.read('rp_id'), 'id.example');
  });

  it('refuses to change, and says what to set', async () => {
    const settings = settingsInMemory();
    await pinRelyingPartyId(settings, 'id.example');
    await assert.rejects(pinRelyingPartyId(settings, 'other.example'), (error) => {
      assert.ok(error instanceof RelyingPartyChanged);
      assert.match(error.message, /Set rp_id: id\.example/);
      return true;
    });
  });
});
