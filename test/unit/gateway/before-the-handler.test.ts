import assert from 'node:assert/strict';
import { admissionOf, callAdmissionOf } from '../../../src/gateway/express-adapter.js';
import { readGuardOptions } from '../../../src/gateway/environment.js';
import { readModelCall } from '../../../src/gateway/model-call.js';

describe('a handler that no guard stands before', () => {
  it('fails instead of serving anybody', () => {
    assert.throws(() => admissionOf({}), /no protect\(\)/);
    assert.throws(() => callAdmissionOf({}), /no protect\(\)/);
  });

  it('fails where the guard was that of an endpoint without a model', () => {
    const holdfast = { token: {}, signal: new AbortController().signal };
    assert.throws(() => callAdmissionOf({ holdfast }), /no protectCalls\(\)/);
  });
});

describe('what a guard is told by the environment', () => {
  const whole = {
    HOLDFAST_ISSUER: 'https://id.example',
    HOLDFAST_RESOURCE: 'https://models.example/v1',
    HOLDFAST_CLIENT_ID: 'gateway',
    HOLDFAST_CLIENT_SECRET: 'secret',
  };

  it('names the origin of the resource where clients are told no other', () => {
    const told = { issuer: 'https://id.example', resource: 'https://models.example/v1' };
    const options = { ...told, clientId: 'gateway', clientSecret: 'secret' };
    assert.deepEqual(readGuardOptions(whole), { ...options, publicUrl: 'https://models.example' });
    const elsewhere = { ...whole, HOLDFAST_PUBLIC_URL: 'https://api.example' };
    assert.equal(readGuardOptions(elsewhere).publicUrl, 'https://api.example');
  });

  it('is whole, or all that is missing is named', () => {
    const { HOLDFAST_ISSUER: _, ...rest } = whole;
    const missing = { ...rest, HOLDFAST_CLIENT_SECRET: '' };
    assert.throws(() => readGuardOptions(missing), /^Error: set HOLDFAST_ISSUER, HOLDFAST_CLIENT_SECRET$/);
  });
});

describe('reading a call of the usual shape', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

  it('finds the model, and what it may cost by the body', () => {
    const read = readModelCall({ scope: ['s'], maxCost: (body) => Number(body['max_tokens']) * 5 });
    assert.deepEqual(read(bytes('{"model":"echo","max_tokens":7}')), {
      ok: true,
      value: { model: 'echo', maxCost: 35, scope: ['s'] },
    });
  });

  it('refuses a cost that is no amount, whatever the client wrote', () => {
    const read = readModelCall({ maxCost: ({ max_tokens: tokens }) => Number(tokens) * 0.5 });
    assert.deepEqual(read(bytes('{"model":"m","max_tokens":3}')), {
      ok: true,
      value: { model: 'm', maxCost: 2 },
    });
    for (const tokens of ['-1', '"many"', '1e300', '{}']) {
      assert.equal(read(bytes(`{"model":"m","max_tokens":${tokens}}`)).ok, false, tokens);
    }
  });

  it('takes no bytes that are no UTF-8, which others may read as another model', () => {
    assert.equal(readModelCall()(Uint8Array.of(...bytes('{"model":"'), 0xff, ...bytes('"}'))).ok, false);
  });
});
