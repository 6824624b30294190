import assert from 'node:assert/strict';
import { readProfile } from '../../../src/accounts/profile.js';

const read = (displayName: unknown, email?: unknown) => {
  const result = readProfile({ displayName, email });
  return result.ok ? result.value : result.refusal.code;
};

describe('what a person says about herself', () => {
  it('is a name, and an e-mail address as she typed it if she likes', () => {
    assert.deepEqual(read(' Ada Lovelace ', ' Ada@Example.ORG '), {
      displayName: 'Ada Lovelace',
      email: 'Ada@Example.ORG',
    });
    for (const none of ['', '  ', undefined, null]) {
      assert.deepEqual(read('Ada', none), { displayName: 'Ada', email: undefined });
    }
  });

  it('may be written in any script', () => {
    for (const name of ['王小明', 'مريم', '👩‍💻 Ada', 'नमिता', 'x'.repeat(60)]) {
      assert.deepEqual(read(name), { displayName: name, email: undefined });
    }
  });

  it('is refused when it is empty, endless or plays tricks', () => {
    for (const name of ['', '   ', 'x'.repeat(61), 'a\nb', 'a\u0000b', 'Ada\u202Egro.knab', 7, {}]) {
      assert.equal(read(name), 'profile_invalid', JSON.stringify(name));
    }
    for (const email of ['ada', 'a@b', 'a b@example.org', `${'x'.repeat(250)}@example.org`, 7]) {
      assert.equal(read('Ada', email), 'profile_invalid', JSON.stringify(email));
    }
  });
});
