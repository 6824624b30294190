import assert from 'node:assert/strict';
import { describeProblem } from '../../../src/config/problem.js';
import { loadConfig } from '../../../src/config/load.js';

const load = (mail: object, env: Record<string, string> = {}) =>
  loadConfig({
    env: { HOLDFAST_CONFIG: 'test.yaml', ...env },
    readFile: () => JSON.stringify({ mail }),
  });
const problems = (mail: object, env: Record<string, string> = {}) => {
  const loaded = load(mail, env);
  return loaded.ok ? [] : loaded.problems.map(describeProblem);
};
const server = { host: 'smtp.example.com', from: 'login@example.com' };
const production = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://db.internal/holdfast',
  HOLDFAST_ISSUER: 'https://id.example.com',
  HOLDFAST_SECRET_KEY: Buffer.alloc(32, 7).toString('base64url'),
};

describe('the section mail', () => {
  it('may be left out, and speaks STARTTLS on port 587 unless told otherwise', () => {
    assert.deepEqual(problems({}), []);
    const loaded = load(server, { HOLDFAST_MAIL_USER: 'holdfast', HOLDFAST_MAIL_PASSWORD: 'tide' });
    assert.ok(loaded.ok);
    const { port, tls, user, password } = loaded.config.mail;
    assert.deepEqual(
      { port, tls, user, password },
      { port: 587, tls: 'starttls', user: 'holdfast', password: 'tide' },
    );
  });

  const refused: Record<string, [object, RegExp]> = {
    'a server without our address': [{ host: 'smtp.example.com' }, /mail\.from: is required/],
    'an address with a name': [
      { ...server, from: 'Us <login@example.com>' },
      /mail\.from: must be a bare address/,
    ],
    'two addresses': [
      { ...server, reply_to: 'a@example.com, b@example.com' },
      /mail\.reply_to: must be a bare/,
    ],
    'a user without a password': [{ ...server, user: 'holdfast' }, /mail\.password: is missing/],
    'a password without a user': [{ ...server, password: 'tide' }, /mail\.user: is missing/],
    'a password without a server': [
      { user: 'a', password: 'tide' },
      /mail\.password: has no use without mail\.host/,
    ],
    'a misspelt setting': [{ ...server, passwort: 'x' }, /did you mean mail\.password|did you mean password/],
  };
  for (const [what, [mail, message]] of Object.entries(refused)) {
    it(`refuses ${what}, and repeats no password`, () => {
      const said = problems(mail).join('\n');
      assert.match(said, message);
      assert.doesNotMatch(said, /tide/);
    });
  }

  it('lets codes travel in clear only outside production, or to this machine', () => {
    const clear = { ...server, tls: 'dangerously_none' };
    assert.deepEqual(problems(clear), []);
    assert.match(problems(clear, production).join(), /mail\.tls: dangerously_none is refused in production/);
    assert.deepEqual(problems({ ...clear, host: '127.0.0.1' }, production), []);
  });
});
