import assert from 'node:assert/strict';
import { isWebAddress } from '../../../examples/cli/open-browser.js';
import { plainText } from '../../../examples/support/plain-text.js';

describe('what example-cli takes from a gateway', () => {
  it('is shown without what a terminal would obey', () => {
    const said = '\u001b[2K\r$1.00\u009b1A\u0007\u001b]52;c;cm0gLXJm\u0007\n\tdone 🙂‍↔️ ü';
    assert.equal(plainText(said), '[2K$1.001A]52;c;cm0gLXJm\n\tdone 🙂‍↔️ ü');
  });

  it('is opened in a browser only where it is a page', () => {
    const programs = ['file:///bin/sh', 'smb://evil.test/x', 'ms-msdt:/id', 'javascript:alert(1)', '-a'];
    assert.deepEqual(programs.filter(isWebAddress), []);
    assert.ok(isWebAddress('https://login.test/authorize?a=b') && isWebAddress('http://localhost:6180/'));
  });
});
