import assert from 'node:assert/strict';
import pg from 'pg';
import type { AccountId } from '../../src/accounts/account.js';
import { systemClock } from '../../src/lib/clock.js';
import { sha256 } from '../../src/lib/hashing.js';
import { openStorage } from '../../src/storage/open.js';
import type { Storage } from '../../src/storage/storage.js';
import { adminDesk } from '../support/admin-desk.js';
import { askCall } from '../support/calls.js';
import { Device, postForm, type Answer } from '../support/device.js';
import {
  clientCredentials,
  credentials,
  introspect,
  logIn,
  redeem,
  refresh,
  signIn,
  type Tokens,
} from '../support/login.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { startCluster, type Cluster } from '../support/nodes.js';
import { atOnce } from '../support/parallel.js';
import { createDatabase } from '../support/postgres.js';
import { eventually, waitingForLocks } from '../support/database-waits.js';
import { configSchema } from '../../src/config/schema.js';

/*
 * Law 3 at every level: a real PostgreSQL, two nodes on it, and 25 at once who refresh, issue and ask while the operator
 * revokes. What they were handed before, during and after is dead once he has his answer.
 */
describe('threat 32: a revocation of any level, raced over two nodes', function () {
  this.timeout(60_000);
  let url: string;
  let cluster: Cluster;
  let storage: Storage;
  let desk: ReturnType<typeof adminDesk>;
  before(async () => {
    url = await createDatabase();
    cluster = await startCluster(url, 2);
    storage = await openStorage({ databaseUrl: url, dataFolder: undefined, clock: systemClock });
    desk = adminDesk({ config: configSchema.parse({}) as never, clock: systemClock, storage });
  });
  after(async () => {
    await cluster.close();
    await storage.close();
  });

  const nodes = () => cluster.nodes.map((node) => node.url);
  const node = (index: number) => nodes()[index % 2] ?? '';
  const valueOf = ({ body }: Answer, name = 'access_token') => body[name] as string;

  async function ids(login: string) {
    const account = await storage.accounts.findByLogin(login);
    assert.ok(account);
    const [device] = await storage.devices.listOf(account.id);
    const [grant] = await storage.grants.listOf(account.id);
    const [session] = await storage.sessions.listOf(account.id, {
      at: new Date(),
      idleSeconds: 3600,
      unboundSeconds: 3600,
    });
    return {
      account: account.id,
      device: device?.id ?? '',
      grant: grant?.id ?? '',
      session: session?.uid ?? '',
    };
  }

  /** A login whose tokens end with the browser's session, unless `scope` asks for more. */
  const signInAs = (login: string, scope?: string) =>
    signIn({ issuer: cluster.issuer, login, ...(scope === undefined ? {} : { scope }) });

  /** Twenty-five at once on both nodes: each refreshes the same token or asks about it, `cut` comes in their midst. */
  async function race({ refreshToken, accessToken, device }: Tokens, cut: () => Promise<unknown>) {
    const proofs = await atOnce(25, () => device.proof('POST', `${cluster.issuer}/token`));
    const { form } = credentials('spa');
    const handedOut: Answer[] = [];
    let over = false;
    const late: unknown[] = [];
    let begun = 0;
    let begin = () => {};
    const begunSome = new Promise<void>((resolve) => (begin = resolve));
    const racing = atOnce(25, async (index) => {
      const token = { grant_type: 'refresh_token', refresh_token: refreshToken, ...form };
      const answering = postForm({ url: `${node(index)}/token`, form: token }, proofs[index]);
      begun += 1;
      if (begun === 12) begin();
      const answer = await answering;
      if (answer.status === 200) handedOut.push(answer);
      else assert.deepEqual([answer.status, answer.body['error']], [400, 'invalid_grant']);
      const afterwards = over;
      const asked = await introspect(node(index + 1), accessToken);
      if (afterwards && asked.body['active'] !== false) late.push(asked.body);
    });
    await begunSome;
    await cut();
    over = true;
    await racing;
    assert.deepEqual(late, [], 'positive after the revocation was answered');
    return {
      access: [accessToken, ...handedOut.map((answer) => valueOf(answer))],
      refresh: [refreshToken, ...new Set(handedOut.map((answer) => valueOf(answer, 'refresh_token')))],
    };
  }

  async function assertDead(
    tokens: { access: readonly string[]; refresh: readonly string[] },
    device: Device,
  ) {
    for (const token of tokens.access) {
      for (const each of nodes()) {
        assert.deepEqual((await introspect(each, token)).body, { active: false });
        const call = await askCall(each, { token, jkt: device.key.jkt, model: 'echo' });
        assert.equal(call.body['decision'], 'deny');
      }
    }
    for (const token of tokens.refresh) {
      const answer = await refresh(cluster.issuer, token, device);
      assert.deepEqual([answer.status, answer.body['error']], [400, 'invalid_grant']);
    }
  }

  const levels: Record<string, (login: string, tokens: Tokens) => Promise<unknown>> = {
    token: (_, { refreshToken }) => desk.revoke('token', refreshToken),
    grant: async (login) => desk.revoke('grant', (await ids(login)).grant),
    device: async (login) => desk.revoke('device', (await ids(login)).device),
    key: (_, { device }) => desk.revoke('key', device.key.jkt),
    account: (login) => desk.revoke('account', login),
    client: () => desk.revoke('client', 'spa'),
    everything: () => desk.run('revoke all', { confirmed: true }),
    'everything before now': () =>
      desk.run('revoke all', { confirmed: true, issued_before: new Date(Date.now() + 1000).toISOString() }),
  };
  for (const [level, cut] of Object.entries(levels)) {
    for (const round of [1, 2]) {
      it(`leaves nothing alive of what hangs on it: ${level} (${round})`, async () => {
        const login = `raced-${level.replaceAll(' ', '-')}-${round}`;
        const tokens = await signInAs(login);
        await assertDead(await race(tokens, () => cut(login, tokens)), tokens.device);
      });
    }
  }

  it('leaves nothing alive of a session whose tokens end with it', async () => {
    const login = 'raced-session';
    const tokens = await signIn({ issuer: cluster.issuer, login, scope: 'openid model:call' });
    assert.equal((await introspect(node(0), tokens.accessToken)).body['active'], true);
    const asking = atOnce(25, (index) => introspect(node(index), tokens.accessToken));
    await desk.revoke('session', (await ids(login)).session);
    await asking;
    for (const each of nodes())
      assert.deepEqual((await introspect(each, tokens.accessToken)).body, { active: false });
    const page = await tokens.login.visitor.get(`${cluster.issuer}/account`);
    assert.notEqual(page.status, 200);
  });

  it('leaves no code that was there before, at no level that it hangs on', async () => {
    for (const level of ['grant', 'session', 'key', 'account', 'client', 'all'] as const) {
      const login = `code-${level}`;
      const device = await Device.create();
      const code = await logIn({ issuer: cluster.issuer, login });
      if (level === 'all') assert.ok((await desk.run('revoke all', { confirmed: true })).ok);
      else if (level === 'key') await desk.revoke('key', device.key.jkt);
      else if (level === 'client') await desk.revoke('client', 'spa');
      else await desk.revoke(level, level === 'account' ? login : (await ids(login))[level]);
      const answer = await redeem(cluster.issuer, code, device);
      const token = valueOf(answer);
      // What a browser's logging out does not end is what was granted for when she is away.
      if (level === 'session' && answer.status === 200) continue;
      assert.deepEqual([level, answer.status, token], [level, 400, undefined]);
    }
  });

  it('hands nothing out to a client that issues tokens for itself meanwhile', async () => {
    const device = await Device.create();
    await clientCredentials(cluster.issuer, device);
    const issued: string[] = [];
    const issuing = atOnce(25, async () => {
      const answer = await clientCredentials(cluster.issuer, device);
      if (answer.status === 200) issued.push(valueOf(answer));
      else assert.equal(answer.body['error'], 'invalid_grant');
    });
    await desk.revoke('key', device.key.jkt);
    await issuing;
    for (const token of issued) assert.deepEqual((await introspect(node(0), token)).body, { active: false });
    assert.equal((await clientCredentials(cluster.issuer, device)).status, 400);
  });
});

describe('threat 32: a refresh in the middle of a revocation', () => {
  let url: string;
  let storage: Storage;
  let holdfast: Holdfast;
  before(async function () {
    this.timeout(60_000);
    url = await createDatabase();
    storage = await openStorage({ databaseUrl: url, dataFolder: undefined, clock: systemClock });
    await storage.migrate();
    holdfast = await startHoldfast({}, { storage });
  });
  after(async () => {
    await holdfast.close();
    await storage.close();
  });

  it('makes a refresh wait that comes while its device is being revoked, and gives it nothing', async () => {
    for (const again of [false, true]) {
      const login = `waits-${again}`;
      const tokens = await signIn({ issuer: holdfast.issuer, login });
      // Used before: the same key is given the same successor, and another access token.
      if (again)
        assert.equal((await refresh(holdfast.issuer, tokens.refreshToken, tokens.device)).status, 200);
      const account = await storage.accounts.findByLogin(login);
      const [device] = await storage.devices.listOf(account?.id ?? ('' as AccountId));
      assert.ok(device);
      let refreshing: Promise<Answer> | undefined;
      await storage.transaction.run(async () => {
        await storage.devices.revoke(device.id, new Date(holdfast.clock.now()));
        refreshing = refresh(holdfast.issuer, tokens.refreshToken, tokens.device);
        let answered = false;
        void refreshing.finally(() => (answered = true));
        // Not committed yet: it waits, or is answered where nothing makes it wait.
        await eventually(async () => answered || (await waitingForLocks(url)) > 0);
      });
      const answer = await refreshing;
      assert.deepEqual([answer?.status, answer?.body['error']], [400, 'invalid_grant']);
      const found = await storage.refreshTokens.find(sha256(tokens.refreshToken));
      assert.equal(found?.alive, false);
    }
  });

  it('gives nothing to a refresh of before its device was cut off, also where that has logged in again', async () => {
    const tokens = await signIn({ issuer: holdfast.issuer, login: 'in-again' });
    const account = await storage.accounts.findByLogin('in-again');
    const [device] = await storage.devices.listOf(account?.id ?? ('' as AccountId));
    const meanwhile = new pg.Client({ connectionString: url });
    await meanwhile.connect();
    try {
      await meanwhile.query('BEGIN');
      // What is left of both: it may log in, and has another generation.
      const again = 'UPDATE device SET generation = generation + 1 WHERE id = $1';
      assert.equal((await meanwhile.query(again, [device?.id])).rowCount, 1);
      const refreshing = refresh(holdfast.issuer, tokens.refreshToken, tokens.device);
      await eventually(async () => (await waitingForLocks(url)) > 0);
      await meanwhile.query('COMMIT');
      const answer = await refreshing;
      assert.deepEqual([answer.status, answer.body['error']], [400, 'invalid_grant']);
    } finally {
      await meanwhile.end();
    }
  });

  // It held the device and waited for the grant, while the revocation held the grant and waited for the device.
  it('holds what it asks of in the order in which a device is ended', async () => {
    const login = 'in-order';
    const tokens = await signIn({ issuer: holdfast.issuer, login });
    const account = await storage.accounts.findByLogin(login);
    const [device] = await storage.devices.listOf(account?.id ?? ('' as AccountId));
    const [grant] = await storage.grants.listOf(account?.id ?? ('' as AccountId));
    const revoking = new pg.Client({ connectionString: url });
    await revoking.connect();
    try {
      await revoking.query('BEGIN');
      const ended = 'UPDATE "grant" SET revoked_at = now(), generation = generation + 1 WHERE id = $1';
      assert.equal((await revoking.query(ended, [grant?.id])).rowCount, 1);
      const refreshing = refresh(holdfast.issuer, tokens.refreshToken, tokens.device);
      await eventually(async () => (await waitingForLocks(url)) > 0);
      const locked = revoking.query('SELECT FROM device WHERE id = $1 FOR UPDATE NOWAIT', [device?.id]);
      await assert.doesNotReject(locked, 'the refresh holds the device while it waits for the grant');
      await revoking.query('COMMIT');
      const answer = await refreshing;
      assert.deepEqual([answer.status, answer.body['error']], [400, 'invalid_grant']);
    } finally {
      await revoking.end();
    }
  });
});
