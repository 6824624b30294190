import assert from 'node:assert/strict';
import { readSettings } from '../../src/gateway/standalone/read-settings.js';

const wish = {
  upstream: 'https://api.anthropic.com',
  issuer: 'https://login.example',
  resource: 'https://models.example/',
  clientId: 'gateway',
};
const secrets = { clientSecret: 'secret', upstreamKey: 'key-of-the-provider' };

describe('the settings of the standalone gateway', () => {
  it('tell the style by the address, and the address of clients by the resource', () => {
    const read = readSettings(wish, secrets);
    assert.ok(read.ok);
    assert.deepEqual(
      [read.settings.provider?.api, read.settings.publicUrl, read.settings.mode],
      ['anthropic', 'https://models.example', 'local'],
    );
  });

  it('are refused with all that is wrong with them', () => {
    const read = readSettings(
      {
        upstream: 'http://models.internal/v1',
        keyFile: '/key',
        api: 'cohere',
        mode: 'fast',
        port: 'many',
        pass: ['DELETE /v1/files', 'GET /v1/../files'],
        passField: ['Authorization', 'x-http-method-override'],
      },
      { clientSecret: undefined, upstreamKey: 'key-of-the-provider' },
    );
    assert.ok(!read.ok);
    const problems = read.problems.join('\n');
    for (const says of [
      /--issuer \(or HOLDFAST_ISSUER\) is missing/,
      /--client-id/,
      /--client-secret-file/,
      /where the key of the provider is, once/,
      /--upstream: it must be https/,
      /--api must be one of openai, anthropic, gemini/,
      /--mode/,
      /--port must be a whole number/,
      /--pass-field authorization: it is a credential/,
      /--pass-field x-http-method-override/,
    ]) {
      assert.match(problems, says);
    }
    assert.equal(read.problems.filter((each) => each.startsWith('--pass must')).length, 2);
    assert.equal(problems.includes(secrets.upstreamKey), false);
  });
});
