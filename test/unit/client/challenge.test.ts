import assert from 'node:assert/strict';
import { readAuthenticateHeader } from '../../../src/client/authenticate-header.js';
import { readChallenge } from '../../../src/client/index.js';

const details = [{ type: 'model_call', tier: 'frontier', spend_limit: { currency: 'USD', amount: '2.00' } }];
const phr = 'urn:holdfast:acr:phr';

function answer(status: number, header: string | undefined, body: unknown = {}): Response {
  const headers = { 'content-type': 'application/json', ...(header && { 'www-authenticate': header }) };
  return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers });
}

const stepUp = `DPoP error="insufficient_user_authentication", acr_values="${phr}", max_age="300", algs="ES256"`;
const approval = 'DPoP error="insufficient_authorization_details", error_description="Ask, \\"please\\"."';

describe('the challenge of a call', () => {
  it('tells what login is wanted, and how fresh (RFC 9470 §3)', async () => {
    const read = await readChallenge(answer(401, stepUp));
    assert.deepEqual(read, { kind: 'step_up', acrValues: [phr], maxAge: 300 });
    const either = await readChallenge(answer(401, stepUp.replace(phr, `${phr}h ${phr}`)));
    assert.deepEqual(either?.acrValues, [`${phr}h`, phr]);
  });

  it('tells of the approval that will be needed too, so that a client asks once', async () => {
    const read = await readChallenge(answer(401, stepUp, { authorization_details: details }));
    assert.deepEqual(read, {
      kind: 'step_up',
      acrValues: [phr],
      maxAge: 300,
      authorizationDetails: details,
    });
  });

  it('tells what approval to ask for, and the login for it', async () => {
    const body = { authorization_details: details, acr_values: phr, max_age: 300 };
    const read = await readChallenge(answer(403, approval, body));
    assert.deepEqual(read, {
      kind: 'approval',
      authorizationDetails: details,
      acrValues: [phr],
      maxAge: 300,
    });
    const bare = await readChallenge(answer(403, approval, { authorization_details: details }));
    assert.deepEqual(bare, { kind: 'approval', authorizationDetails: details, acrValues: [] });
  });

  it('finds it among other challenges, in one field or several', async () => {
    for (const header of [
      `Basic realm="a, DPoP error=\\"x\\"", ${stepUp}`,
      `Negotiate dG9rZW4=, NTLM, ${stepUp}`,
      `${stepUp}, Bearer`,
      stepUp.replace(/^DPoP/, 'dpop').replace('max_age="300"', 'Max_Age = 300'),
    ]) {
      assert.equal((await readChallenge(answer(401, header)))?.kind, 'step_up', header);
    }
    const two = new Headers([
      ['www-authenticate', 'Bearer error="invalid_token"'],
      ['www-authenticate', stepUp],
    ]);
    assert.equal((await readChallenge(new Response('', { status: 401, headers: two })))?.kind, 'step_up');
  });

  it('is none where neither a login nor an approval would help', async () => {
    const body = { authorization_details: details };
    for (const [status, header] of [
      [401, 'DPoP error="invalid_token"'],
      [401, 'DPoP error="use_dpop_nonce"'],
      [403, 'DPoP error="insufficient_scope", scope="model:call"'],
      [403, stepUp],
      [401, approval],
      [200, stepUp],
      [403, undefined],
      [403, 'DPoP error="access_denied"'],
      [401, 'Basic error="insufficient_user_authentication"'],
      [401, 'DPoP error_description="error=\\"insufficient_user_authentication\\""'],
    ] as const) {
      assert.equal(await readChallenge(answer(status, header, body)), undefined, String(header));
    }
  });

  it('is none where the approval to ask for is missing, malformed or endless', async () => {
    for (const body of [
      '',
      'nonsense',
      '[]',
      ...[[], ['x'], [{ tier: 'frontier' }], [null], 'x', {}].map((authorization_details) => ({
        authorization_details,
      })),
      { authorization_details: details, padding: 'x'.repeat(70_000) },
    ]) {
      assert.equal(
        await readChallenge(answer(403, approval, body)),
        undefined,
        JSON.stringify(body).slice(0, 80),
      );
    }
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error('broke off')) });
    const headers = { 'www-authenticate': approval };
    assert.equal(await readChallenge(new Response(broken, { status: 403, headers })), undefined);
  });

  it('keeps what the header says when the body is too long, and takes no nonsense for an age', async () => {
    const long = await readChallenge(answer(401, stepUp, 'x'.repeat(70_000)));
    assert.equal(long?.maxAge, 300);
    for (const age of ['-1', '1.5', '1e3', '99999999999999999999', 'soon']) {
      const read = await readChallenge(answer(401, stepUp.replace('"300"', `"${age}"`)));
      assert.deepEqual(read, { kind: 'step_up', acrValues: [phr] }, age);
    }
  });

  it('leaves the body to the caller', async () => {
    const response = answer(403, approval, { authorization_details: details });
    await readChallenge(response);
    assert.deepEqual(await response.json(), { authorization_details: details });
    assert.equal((await readChallenge(answer(401, stepUp)))?.kind, 'step_up');
    assert.equal(await readChallenge(response), undefined, 'read already');
  });
});

describe('a WWW-Authenticate header', () => {
  const read = (header: string) =>
    readAuthenticateHeader(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

  it('is read as RFC 9110 writes it', () => {
    assert.deepEqual(
      read('Newauth realm="apps", type=1, title="Login to \\"apps\\"", Basic realm="simple"'),
      [
        ['newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
        ['basic', { realm: 'simple' }],
      ],
    );
    assert.deepEqual(read(' , Negotiate YWJj==,, DPoP ,x y="\\\\,\\a"'), [
      ['negotiate', {}],
      ['dpop', {}],
      ['x', { y: '\\,a' }],
    ]);
  });

  it('takes the first of two, and ends at nonsense without hanging', () => {
    assert.deepEqual(read('DPoP a="1", A="2"'), [['dpop', { a: '1' }]]);
    assert.deepEqual(read('DPoP a="1", b="open, Basic c=d'), [['dpop', { a: '1' }]]);
    assert.deepEqual(read('"quoted"'), []);
    assert.deepEqual(read(''), []);
    assert.equal(read(`DPoP a="${'\\'.repeat(20_000)}`).length, 1);
    assert.equal(read('a,'.repeat(20_000)).length, 20_000);
  });
});
