import assert from 'node:assert/strict';
import { scrubSecrets } from '../../src/observability/scrub.js';

/** Text that a stranger chose goes through the scrubber before it is logged; none may keep the process busy (threat 30). */
describe('threat 30: text that is made to be slow to scrub', () => {
  const size = 57_344;
  const filled = (part: string) => part.repeat(Math.ceil(size / part.length));

  for (const part of [
    'a',
    '-eyJ',
    'eyJ',
    'eyJ.',
    'a://b:',
    '://',
    ':',
    'DPoP ',
    'code=',
    'hldf_a_',
    ' ',
    '.',
  ]) {
    it(`is scrubbed at once: ${JSON.stringify(part)} again and again`, () => {
      const text = filled(part);
      const before = process.cpuUsage();
      scrubSecrets(text);
      // Processor time: what else the machine does must not count.
      const { user, system } = process.cpuUsage(before);
      const milliseconds = (user + system) / 1000;
      // In proportion to the length it is about one; in proportion to its square, hundreds and more.
      assert.ok(milliseconds < 250, `${Math.round(milliseconds)} ms`);
    });
  }

  it('still hides what is hidden in it', () => {
    const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhY2NfMSJ9.c2lnbmF0dXJl';
    for (const hidden of [jwt, jwt.slice(0, 40), jwt.slice(0, 19)]) {
      assert.ok(!scrubSecrets(`${filled('a ')} ${hidden} ${filled('b ')}`).includes('eyJ'), hidden);
    }
    const url = 'postgres://holdfast:hunter2@db/holdfast';
    assert.equal(scrubSecrets(url), 'postgres://holdfast:[redacted]@db/holdfast');
  });
});
