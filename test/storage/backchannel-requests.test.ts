import assert from 'node:assert/strict';
import type { AccountId } from '../../src/accounts/account.js';
import type { BackchannelRequestId } from '../../src/stepup/backchannel-request.js';
import type { Consent, NewBackchannelRequest } from '../../src/stepup/backchannel-request-store.js';
import { onEveryDatabase } from '../support/databases.js';
import { atOnce } from '../support/parallel.js';
import { digest, storeAccount, unique } from '../support/records.js';

onEveryDatabase('the store of requests to people elsewhere', (database) => {
  const requests = () => database.storage.backchannelRequests;
  const now = () => new Date(database.clock.now());
  const at = () => ({ now: now(), mostTries: 3 });

  const put = async (accountId: AccountId | undefined, changes: Partial<NewBackchannelRequest> = {}) => {
    const request: NewBackchannelRequest = {
      id: unique('bcr') as BackchannelRequestId,
      clientId: unique('client'),
      accountId,
      scope: 'openid models',
      resource: 'https://models.example',
      modelCall: undefined,
      acr: 'urn:holdfast:acr:phr',
      bindingMessage: 'W4SCT',
      jkt: 'thumbprint',
      asked: { place: 'HK', browser: undefined },
      createdAt: now(),
      expiresAt: new Date(database.clock.now() + 300_000),
      state: 'pending',
      endedBy: undefined,
      authReqDigest: digest(),
      linkDigest: digest(),
      numberDigest: digest(),
      hintGate: digest(),
      personGate: digest(),
      budget: digest(),
      sealedPing: 'sealed',
      interval: 5,
      ...changes,
    };
    await requests().insert(request);
    return request;
  };
  const consentOf = (accountId: AccountId, accountGeneration = 0): Consent => ({
    grantId: unique('grant'),
    approvalId: undefined,
    authentication: {
      accountId,
      accountGeneration,
      acr: 'urn:holdfast:acr:phr',
      amr: ['pop', 'user', 'mfa'],
      authTime: Math.floor(database.clock.now() / 1000),
    },
  });

  it('finds a request by each of its secrets, and lists it for its account while it waits', async () => {
    const { id: accountId } = await storeAccount(database.storage, database.clock);
    const request = await put(accountId);
    const found = await requests().findByLink(request.linkDigest);
    const { authReqDigest, linkDigest, numberDigest, interval, ...rest } = request;
    assert.deepEqual(found, { ...rest, result: undefined, redeemedAt: undefined, wrongNumbers: 0 });
    assert.deepEqual(await requests().findByAuthReqId(authReqDigest), found);
    assert.equal(await requests().findByAuthReqId(linkDigest), undefined);
    assert.deepEqual(await requests().listPending(accountId, now()), [found]);
    assert.deepEqual(await requests().listPending(accountId, request.expiresAt), []);
    assert.ok(numberDigest && interval);
  });

  it('lets one of approving, denying and disowning win, however many come at once', async () => {
    const { id: accountId } = await storeAccount(database.storage, database.clock);
    const request = await put(accountId);
    const consent = consentOf(accountId);
    const outcomes = await atOnce(30, async (index) => {
      if (index % 3 === 0) return requests().approve(request.id, request.numberDigest, consent, at());
      if (index % 3 === 1) return requests().deny(request.id, 'person', now());
      return (await requests().disown(accountId, request.clientId, now())).length > 0;
    });
    assert.equal(outcomes.filter(Boolean).length, 1);
  });

  it('approves only with the number, by its account, under its generation, while it waits', async () => {
    const { id: accountId } = await storeAccount(database.storage, database.clock);
    const { id: other } = await storeAccount(database.storage, database.clock);
    const phantom = await put(undefined);
    const request = await put(accountId);
    const approve = (number: Uint8Array, consent: Consent, when = at()) =>
      requests().approve(request.id, number, consent, when);
    assert.equal(await approve(digest(), consentOf(accountId)), false);
    assert.equal(await approve(request.numberDigest, consentOf(other)), false);
    assert.equal(await approve(request.numberDigest, consentOf(accountId, 1)), false);
    assert.equal(
      await approve(request.numberDigest, consentOf(accountId), { now: request.expiresAt, mostTries: 3 }),
      false,
    );
    assert.equal(await requests().approve(phantom.id, phantom.numberDigest, consentOf(other), at()), false);
    const consent = consentOf(accountId);
    assert.equal(await approve(request.numberDigest, consent), true);
    const found = await requests().find(request.id);
    const { acr, amr, authTime } = consent.authentication;
    assert.equal(found?.state, 'approved');
    assert.deepEqual(found.result, {
      grantId: consent.grantId,
      approvalId: undefined,
      acr,
      amr,
      authTime,
    });
  });

  it('ends at the third wrong number, however many come at once', async () => {
    const request = await put(undefined);
    assert.equal(await requests().tryNumber(request.id, request.numberDigest, at()), 'right');
    const outcomes = await atOnce(20, () => requests().tryNumber(request.id, digest(), at()));
    const counts = ['wrong', 'ended', 'gone'].map((kind) => outcomes.filter((each) => each === kind).length);
    assert.deepEqual(counts, [2, 1, 17]);
    assert.equal(await requests().tryNumber(request.id, request.numberDigest, at()), 'gone');
    const { state, endedBy } = (await requests().find(request.id)) ?? {};
    assert.deepEqual([state, endedBy], ['denied', 'number']);
  });

  it('takes no number after the end of its time', async () => {
    const request = await put(undefined);
    const late = { now: request.expiresAt, mostTries: 3 };
    assert.equal(await requests().tryNumber(request.id, request.numberDigest, late), 'gone');
    assert.equal(await requests().deny(request.id, 'person', request.expiresAt), false);
  });

  it('makes the interval longer by each poll before its time, also of several at once', async () => {
    const request = await put(undefined);
    assert.equal(await requests().poll(request.id, now()), 'pending');
    database.clock.advance(5);
    const outcomes = await atOnce(4, () => requests().poll(request.id, now()));
    assert.deepEqual(outcomes.toSorted(), ['pending', 'slow_down', 'slow_down', 'slow_down']);
    database.clock.advance(19);
    assert.equal(await requests().poll(request.id, now()), 'slow_down');
    database.clock.advance(25);
    assert.equal(await requests().poll(request.id, now()), 'pending');
    await requests().deny(request.id, 'person', now());
    assert.equal(await requests().poll(request.id, now()), 'gone');
  });

  it('is redeemed once, when it was approved and not later', async () => {
    const { id: accountId } = await storeAccount(database.storage, database.clock);
    const request = await put(accountId);
    assert.equal(await requests().redeem(request.id, now()), false);
    await requests().approve(request.id, request.numberDigest, consentOf(accountId), at());
    assert.equal(await requests().redeem(request.id, request.expiresAt), false);
    const outcomes = await atOnce(100, () => requests().redeem(request.id, now()));
    assert.equal(outcomes.filter(Boolean).length, 1);
  });

  it('is kept for a day after its end, so that who was refused is refused again, and then forgotten', async () => {
    const request = await put(undefined);
    database.clock.advance(300 + 86_000);
    await database.storage.maintain();
    assert.ok(await requests().find(request.id));
    database.clock.advance(500);
    await database.storage.maintain();
    assert.equal(await requests().find(request.id), undefined);
  });

  it('ends all that one client has waiting for a person, and nothing else', async () => {
    const { id: accountId } = await storeAccount(database.storage, database.clock);
    const first = await put(accountId);
    const second = await put(accountId, { clientId: first.clientId });
    const others = await put(accountId);
    const phantom = await put(undefined, { clientId: first.clientId });
    const ended = await requests().disown(accountId, first.clientId, now());
    assert.deepEqual(ended.map(({ id }) => id).toSorted(), [first.id, second.id].toSorted());
    assert.deepEqual(
      (await requests().listPending(accountId, now())).map(({ id }) => id),
      [others.id],
    );
    assert.equal((await requests().find(phantom.id))?.state, 'pending');
    assert.equal((await requests().disownPhantom(phantom.id, now())).length, 1);
    assert.equal((await requests().disownPhantom(others.id, now())).length, 0);
  });
});

onEveryDatabase('the gates of requests to people elsewhere', (database) => {
  const gates = () => database.storage.backchannelGates;
  const now = () => new Date(database.clock.now());
  const inSeconds = (seconds: number) => new Date(database.clock.now() + seconds * 1000);
  const denied = { kind: 'denied', waits: [60, 300], forgetAfter: 86_400 } as const;

  it('lets one of 25 through at once, and the next when that one is over', async () => {
    const gate = digest();
    const until = inSeconds(300);
    const outcomes = await atOnce(25, () => gates().pass(gate, until, now()));
    assert.equal(outcomes.filter((each) => each === undefined).length, 1);
    // Who waited for the row may be told no time; who comes later is told it (once a slow machine had all of them wait).
    assert.deepEqual(await gates().pass(gate, until, now()), until);
    await gates().close(gate, { kind: 'open' }, now());
    assert.equal(await gates().pass(gate, inSeconds(300), now()), undefined);
    database.clock.advance(300);
    assert.equal(await gates().pass(gate, inSeconds(300), now()), undefined);
  });

  it('waits longer after each denial, and forgets them after a day or an approval', async () => {
    const gate = digest();
    const waits: number[] = [];
    for (const _ of [1, 2, 3]) {
      assert.equal(await gates().pass(gate, inSeconds(300), now()), undefined);
      await gates().close(gate, denied, now());
      const until = await gates().pass(gate, inSeconds(300), now());
      const wait = ((until?.getTime() ?? 0) - database.clock.now()) / 1000;
      waits.push(wait);
      database.clock.advance(wait);
    }
    assert.deepEqual(waits, [60, 300, 300]);
    database.clock.advance(86_400);
    assert.equal(await gates().pass(gate, inSeconds(300), now()), undefined);
    await gates().close(gate, denied, now());
    assert.deepEqual(await gates().pass(gate, inSeconds(300), now()), inSeconds(60));
  });

  it('stays shut until its block is over, also one that nobody passed before', async () => {
    const gate = digest();
    await gates().close(gate, { kind: 'blocked', until: inSeconds(3600) }, now());
    await gates().close(gate, { kind: 'open' }, now());
    assert.deepEqual(await gates().pass(gate, inSeconds(300), now()), inSeconds(3600));
    database.clock.advance(3600);
    assert.equal(await gates().pass(gate, inSeconds(300), now()), undefined);
  });
});
