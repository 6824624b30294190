import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { Provider } from 'oidc-provider';
import { freePort } from '../../examples/support/free-port.js';
import { newAccount, type AccountId } from '../../src/accounts/account.js';
import type { ConfigFile } from '../../src/config/schema.js';
import { systemClock } from '../../src/lib/clock.js';
import { openStorage } from '../../src/storage/open.js';
import type { Storage } from '../../src/storage/storage.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { goThrough } from '../support/login.js';
import { createDatabase } from '../support/postgres.js';
import { unique } from '../support/records.js';
import { shows, UpstreamVisitor } from '../support/upstream-visitor.js';
import { formsOf, Visitor } from '../support/visitor.js';

const secret = 'a-secret-that-both-sides-know-of-32-characters';

/** What the two upstreams below have in common for whoever logs in by them. */
interface Upstream {
  readonly issuer: string;
  /** Logs `login` in at the question's address; returns where the browser is sent back to. */
  logIn(question: string, login: string): Promise<string>;
  close(): Promise<void>;
}

describe('logging in with an identity of', () => {
  for (const [title, open] of [
    ['a stock oidc-provider', openStock],
    ['a second Holdfast', openHoldfast],
  ] as const) {
    describe(title, () => {
      let upstream: Upstream;
      let holdfast: Holdfast;
      before(async function () {
        this.timeout(60_000);
        const port = await freePort();
        const issuer = `http://localhost:${port}`;
        upstream = await open(`${issuer}/upstream/other/callback`);
        const entry = { id: 'other', name: 'Other', client_id: 'us', client_secret: secret };
        holdfast = await startHoldfast({
          port,
          issuer,
          upstream_providers: [{ ...entry, issuer: upstream.issuer }],
          dangerously_allow_private_network_fetch: true,
        });
      });
      after(async () => {
        await holdfast.close();
        await upstream.close();
      });

      async function arrive(login: string) {
        const person = new UpstreamVisitor(holdfast.issuer);
        const question = await person.begin(await person.arrive(), 'other');
        return { person, page: await person.comeBack(await upstream.logIn(question, login)) };
      }

      it('makes an account by its verified address, and knows the person the next time', async () => {
        const login = unique('person');
        const { person, page } = await arrive(login);
        assert.match(page.text, /Create an account with Other\?/);
        assert.ok(shows(page, `${login}@example.test`), page.text);
        await person.allow(await person.create(page));
        const again = await arrive(login);
        assert.ok(again.person.signedIn);
        await again.person.allow(again.page);
      });

      it('makes none for somebody whose address it did not verify', async () => {
        const { page, person } = await arrive(unique('unverified'));
        assert.equal(page.status, 403, page.text.slice(0, 300));
        assert.match(page.text, /does not vouch for your e-mail address/);
        assert.equal(person.signedIn, false);
      });

      it('takes it that a person refuses there', async () => {
        const person = new UpstreamVisitor(holdfast.issuer);
        const asked = new URL(await person.begin(await person.arrive(), 'other'));
        asked.searchParams.set('prompt', 'none');
        const end = await new Visitor().get(asked.href);
        const page = await person.comeBack(end.location ?? '');
        assert.equal(page.status, 403);
        assert.match(page.text, /That sign-in didn’t work/);
      });
    });
  }
});

/** oidc-provider as it comes, with its own development forms; its claims are in userinfo alone. */
async function openStock(redirectUri: string): Promise<Upstream> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'us', client_secret: secret, redirect_uris: [redirectUri] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    findAccount: (_ctx, sub) => ({
      accountId: sub,
      claims: () => ({
        sub,
        name: sub,
        email: `${sub}@example.test`,
        email_verified: !sub.startsWith('unverified'),
      }),
    }),
    cookies: { keys: ['of-the-other-side'] },
  });
  const server: Server = createServer((request, response) => void provider.callback()(request, response));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    issuer,
    async logIn(question, login) {
      const visitor = new Visitor();
      let page = await visitor.follow(await visitor.get(question));
      for (let step = 0; step < 3 && page.location === undefined; step += 1) {
        const form = formsOf(page).find(({ fields }) => 'prompt' in fields);
        assert.ok(form, page.text);
        page = await visitor.follow(
          await visitor.post(form.action, { ...form.fields, login, password: 'x' }),
        );
      }
      return page.location ?? '';
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Holdfast on a database of its own, to which we are an ordinary relying party: identity only, Bearer at userinfo. */
async function openHoldfast(redirectUri: string): Promise<Upstream> {
  const databaseUrl = await createDatabase();
  const storage: Storage = await openStorage({ databaseUrl, dataFolder: undefined, clock: systemClock });
  await storage.migrate();
  const clients: ConfigFile['clients'] = [
    {
      client_id: 'us',
      client_secret: secret,
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      dpop_bound_access_tokens: false,
    },
  ];
  const holdfast = await startHoldfast({ clients, resources: [] }, { storage });
  return {
    issuer: holdfast.issuer,
    async logIn(question, login) {
      const verified = !login.startsWith('unverified');
      const made = {
        ...newAccount(unique('acc') as AccountId, new Date()),
        displayName: login,
        login,
        email: verified ? `${login}@example.test` : undefined,
      };
      if (!(await storage.accounts.findByLogin(login))) await storage.accounts.insert(made);
      const end = await goThrough(new Visitor(), question, login);
      return end.location ?? '';
    },
    async close() {
      await holdfast.close();
      await storage.close();
    },
  };
}
