import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import OpenAI from 'openai';
import { listenOnLoopback } from '../../examples/cli/loopback.js';
import { Person } from '../../examples/demo/person.js';
import { buildStage, type Stage } from '../../examples/demo/stage.js';
import { AuthorizationRefused, createBoundFetch, Login, type CallChallenge } from '../../src/client/index.js';

const placeholder = 'sk-placeholder-that-no-server-may-see';
const messages = [{ role: 'user' as const, content: 'hello there' }];

describe('the openai package, unmodified, by a bound fetch', function () {
  this.timeout(60_000);
  let stage: Stage;
  let ada: Person;
  let login: Login;
  let openai: OpenAI;
  /** Headers of all that went to the gateway, and what is done to its next answer. */
  const sent: Headers[] = [];
  let spoil: ((answer: Response) => Response) | undefined;
  const asked: CallChallenge[] = [];
  let answer: (challenge: CallChallenge) => Promise<void>;

  const wire: typeof fetch = async (address, init) => {
    const response = await fetch(address, init);
    if (!String(address as string).startsWith(stage.gateway.origin)) return response;
    sent.push(new Headers(init?.headers));
    const done = response.ok ? (spoil?.(response) ?? response) : response;
    if (response.ok) spoil = undefined;
    return done;
  };

  /** Brings her to the provider and back, as a program on this machine does. */
  async function visit(by: (address: URL) => Promise<unknown>, challenge?: CallChallenge): Promise<void> {
    const loopback = await listenOnLoopback();
    try {
      const { redirectUri } = loopback;
      const { address, departure } = await login.depart({
        redirectUri,
        ...(challenge && { challenge }),
        parameters: { prompt: 'consent' },
      });
      const arrival = loopback.arrival(departure.state, 30_000);
      await by(new URL(address));
      await login.arrive(departure, await arrival);
    } finally {
      loopback.close();
    }
  }

  before(async () => {
    stage = await buildStage();
    ada = new Person('Ada', stage.issuer);
    login = new Login({
      issuer: stage.issuer,
      clientId: 'example-cli',
      resource: stage.resource,
      scope: 'openid offline_access model:read model:call',
      fetch: wire,
      onStepUp: (challenge) => {
        asked.push(challenge);
        return answer(challenge);
      },
    });
    await visit((address) => ada.signUp(address));
    await visit((address) => ada.signIn(address));
    openai = new OpenAI({
      baseURL: new URL('/v1', stage.gateway).href,
      apiKey: placeholder,
      fetch: createBoundFetch({ login }),
    });
  });
  after(() => stage.close());
  beforeEach(() => {
    sent.length = 0;
    asked.length = 0;
  });

  it('lists models, calls one and streams', async () => {
    const models = await openai.models.list();
    assert.ok(models.data.some(({ id }) => id === 'echo'));
    const plain = await openai.chat.completions.create({ model: 'echo', messages });
    assert.equal(plain.choices[0]?.message.content, 'You said: hello there');
    const stream = await openai.chat.completions.create({ model: 'echo', messages, stream: true });
    let said = '';
    for await (const chunk of stream) said += chunk.choices[0]?.delta.content ?? '';
    assert.equal(said, 'You said: hello there');
  });

  it('sends no API key, and retries with another proof', async () => {
    spoil = () => new Response('lost', { status: 503, headers: { 'retry-after-ms': '1' } });
    await openai.chat.completions.create({ model: 'echo', messages });
    assert.equal(sent.length, 2);
    const proofs = sent.map((headers) => decodeJwt(headers.get('dpop') ?? '').jti);
    assert.equal(new Set(proofs).size, 2);
    assert.ok(sent.every((headers) => headers.get('authorization')?.startsWith('DPoP hldf_at_')));
    assert.ok(!sent.some((headers) => JSON.stringify([...headers]).includes(placeholder)));
  });

  it('waits while the person approves, once for parallel calls, and goes on', async () => {
    answer = (challenge) => visit((address) => ada.approve(address), challenge);
    const call = () => openai.chat.completions.create({ model: 'echo-frontier', messages });
    const [first, second] = await Promise.all([call(), call()]);
    assert.equal(first.choices[0]?.message.content, 'You said: hello there');
    assert.equal(second.choices[0]?.message.content, 'You said: hello there');
    assert.deepEqual(
      asked.map(({ kind }) => kind),
      ['approval'],
    );
  });

  it('is told the gateway’s answer when she says no, and asks her no second time', async () => {
    // Another login of hers, which carries no approval.
    await visit((address) => ada.signIn(address));
    answer = () => Promise.reject(new AuthorizationRefused('access_denied'));
    await assert.rejects(
      openai.chat.completions.create({ model: 'echo-frontier', messages }),
      OpenAI.PermissionDeniedError,
    );
    assert.equal(asked.length, 1);
  });
});
