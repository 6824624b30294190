import assert from 'node:assert/strict';
import { askCall } from '../support/calls.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { signIn, type Tokens } from '../support/login.js';

/** Threat 16: whoever serves the model may be laxer about its name than we are; the dear tier must not be. */
describe('threat 16: a dear model by another spelling', () => {
  let holdfast: Holdfast;
  let weak: Tokens;
  before(async () => {
    holdfast = await startHoldfast();
    weak = await signIn({ issuer: holdfast.issuer });
  });
  after(() => holdfast.close());

  async function decide(model: string): Promise<unknown> {
    const asked = { token: weak.accessToken, jkt: weak.device.key.jkt, model, max_cost: 1 };
    const { status, body } = await askCall(holdfast.issuer, asked);
    return status === 200 ? body['decision'] : body['error'];
  }

  it('is not asked of who calls a cheap one', async () => {
    assert.equal(await decide('kimi'), 'allow');
  });

  it('is challenged by the last tier that names it, not by the cheap one that names everything', async () => {
    assert.equal(await decide('kimi-frontier'), 'challenge');
  });

  const spellings: Readonly<Record<string, readonly string[]>> = {
    'in other case': ['KIMI-FRONTIER', 'Kimi-Frontier', 'kimi-front\u0131er', 'FRONTIER/kimi'],
    'between blanks': [' kimi-frontier', 'kimi-frontier  ', '\u00a0frontier/kimi', 'kimi-frontier\u3000'],
    'in letters that look like it': ['ｋｉｍｉ－ｆｒｏｎｔｉｅｒ', '\u212aimi-𝐟𝐫𝐨𝐧𝐭𝐢𝐞𝐫', 'kimi-ⓕⓡⓞⓝⓣⓘⓔⓡ'],
    'with what nobody sees': [
      'kimi-front\u200bier',
      'kimi-front\u00adier',
      '\ufefffrontier/kimi',
      'kimi-frontier\u0000',
      'kimi-frontier\n',
      'kimi-front\u2060ier',
      'kimi-front\ufe0fier',
      'kimi-\u202efrontier',
    ],
    'behind more than we read': [`${'x'.repeat(250)}-frontier`, `frontier/${'x'.repeat(250)}`],
  };
  for (const [how, models] of Object.entries(spellings)) {
    it(`is not served ${how}`, async () => {
      for (const model of models) {
        // oxlint-disable-next-line no-await-in-loop -- so that a failure names its spelling
        assert.notEqual(await decide(model), 'allow', JSON.stringify(model));
      }
    });
  }
});
