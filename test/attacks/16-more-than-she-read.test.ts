import assert from 'node:assert/strict';
import { AccountVisitor, noHold } from '../support/account-visitor.js';
import { ApproveVisitor, readable } from '../support/approve-visitor.js';
import { agent, agents, BackchannelDesk } from '../support/backchannel-desk.js';
import { gatewayA } from '../support/clients.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';

/** Threat 16: a client asks for a cent from elsewhere, and hopes for more than the page says. */
describe('threat 16: an approval from elsewhere', () => {
  const cent = { currency: 'USD', amount: '0.01' };
  const small = { type: 'model_call', tier: 'frontier', count: 1, expires_in: 30, spend_limit: cent };
  const authorization_details = JSON.stringify([{ ...small, locations: [gatewayA] }]);
  let holdfast: Holdfast;
  let desk: BackchannelDesk;
  let ada: AccountVisitor;
  before(async () => {
    const lookAlike = agent('look-alike', {
      client_name: 'Your bank',
      client_uri: 'https://b\u0430nk.test/',
    });
    const clients = [...(agents.clients ?? []), lookAlike];
    holdfast = await startHoldfast({ ...agents, ...noHold, clients });
    desk = await BackchannelDesk.open(holdfast);
    ada = await AccountVisitor.settled(holdfast);
  });
  after(() => holdfast.close());

  it('says what else the tokens are good for, and gives none that works while she is away', async () => {
    const person = new ApproveVisitor(holdfast.issuer);
    const scope = 'openid model:call';
    const asked = await desk.ask({ login_hint: ada.login, scope, authorization_details });
    const path = new URL(String(asked.body['approval_uri'])).pathname;
    const words = readable(await person.look({ path }));
    assert.match(words, /It can also.*Standard.*Premium/s);
    assert.doesNotMatch(words, /Stay connected/);
    const fields = await person.fields({ path });
    const assertion = await person.assertion({ path }, ada.authenticator, fields);
    await person.send({ path }, { ...fields, assertion, number: String(asked.body['matching_number']) });
    const { status, body } = await desk.poll(asked.body['auth_req_id']);
    assert.deepEqual([status, body['refresh_token']], [200, undefined], JSON.stringify(body));
  });

  it('names the host of the client, in letters that look like no others (threat 39)', async () => {
    const asked = await desk.ask({ client_id: 'look-alike', login_hint: 'anybody', authorization_details });
    const path = new URL(String(asked.body['approval_uri'])).pathname;
    assert.match((await new ApproveVisitor(holdfast.issuer).look({ path })).text, />xn--bnk-6cd\.test</);
  });

  it('is not described in words that end their quotation and go on as ours', async () => {
    const spoofs = [
      'a.” Checked by Holdfast. “',
      'a" (free) "',
      'a」Holdfast「',
      'a» b «',
      'a\u2028b',
      'a\u202eb',
    ];
    for (const words of spoofs) {
      const purpose = JSON.stringify([{ ...small, locations: [gatewayA], purpose: words }]);
      const asked = await desk.ask({ login_hint: ada.login, authorization_details: purpose });
      const said = await desk.ask({ login_hint: ada.login, binding_message: words });
      assert.deepEqual(
        [asked.body['error'], said.body['error']],
        ['invalid_authorization_details', 'invalid_binding_message'],
        words,
      );
    }
    const binding_message = 'Ada’s job, W4SCT';
    assert.equal((await desk.ask({ login_hint: 'somebody', binding_message })).status, 200);
  });

  it('is not asked for by a client that may not ask for it elsewhere either', async () => {
    const asked = await desk.ask({ client_id: 'plain-agent', login_hint: ada.login, authorization_details });
    assert.deepEqual([asked.status, asked.body['error']], [400, 'invalid_authorization_details']);
  });
});
