import { strict as assert } from 'node:assert';
import { browserLabel } from '../../../src/accounts/browser-label.js';

const webKit = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const known: Readonly<Record<string, string>> = {
  'Chrome on macOS': `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webKit} Chrome/131.0.0.0 Safari/537.36`,
  'Microsoft Edge on Windows': `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webKit} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0`,
  'Firefox on Windows': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0',
  'Safari on iOS':
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
};

describe('what a browser is called', () => {
  for (const [label, header] of Object.entries(known)) {
    it(label, () => assert.equal(browserLabel(header), label));
  }

  it('is nothing where the header says nothing that we know, or says too much', () => {
    for (const header of [
      undefined,
      '',
      'curl/8.5',
      '<script>/1 Windows NT',
      'node',
      `Chrome/1 ${'x'.repeat(400)}`,
    ]) {
      assert.equal(browserLabel(header), undefined, header);
    }
  });
});
