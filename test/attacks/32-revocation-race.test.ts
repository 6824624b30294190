import assert from 'node:assert/strict';
import type { AccountId } from '../../src/accounts/account.js';
import { gatewayA, jwtGateway } from '../support/clients.js';
import { Device } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { clientCredentials, introspect, refresh, revoke, signIn } from '../support/login.js';
import { atOnce, deferred } from '../support/parallel.js';

/** Who keeps asking for tokens while they are being revoked. */
describe('threat 32: a revocation raced', () => {
  let holdfast: Holdfast;
  let issuer: string;
  before(async () => {
    holdfast = await startHoldfast();
    ({ issuer } = holdfast);
  });
  after(() => holdfast.close());

  const activeAt = async (token: string, as = 'rs-a') => (await introspect(issuer, token, as)).body['active'];

  /** Refreshes along two chains at once, revokes in their midst; resolves to every token that was handed out. */
  async function race(cut: (refreshToken: string, accountId: string) => Promise<unknown>): Promise<string[]> {
    const { device, refreshToken, accessToken } = await signIn({ issuer });
    const { body } = await introspect(issuer, accessToken);
    const handedOut = [accessToken];
    const chain = async () => {
      let current = refreshToken;
      for (let step = 0; step < 6; step += 1) {
        const answer = await refresh(issuer, current, device);
        assert.ok(answer.status === 200 || answer.status === 400, JSON.stringify(answer.body));
        if (answer.status !== 200) return;
        handedOut.push(answer.body['access_token'] as string);
        current = answer.body['refresh_token'] as string;
      }
    };
    const cutting = new Promise((resolve) => setTimeout(resolve, 15)).then(() =>
      cut(refreshToken, body['sub'] as string),
    );
    await Promise.all([chain(), chain(), cutting]);
    return handedOut;
  }

  for (const round of [1, 2, 3]) {
    it(`leaves nothing alive of a family that is revoked while it refreshes (${round})`, async () => {
      const tokens = await race((refreshToken) => revoke(issuer, refreshToken));
      for (const token of tokens) assert.equal(await activeAt(token), false);
    });

    it(`leaves nothing alive of an account that is revoked while it refreshes (${round})`, async () => {
      const tokens = await race((_, accountId) => holdfast.storage.accounts.revoke(accountId as AccountId));
      for (const token of tokens) assert.equal(await activeAt(token), false);
    });
  }

  it('is never answered positively after the 200, while others ask all the time', async () => {
    const { accessToken } = await signIn({ issuer });
    let over = false;
    const answers: { readonly askedAfter: boolean; readonly active: unknown }[] = [];
    const heard = deferred<undefined>();
    // Until some were asked after it: a fixed number was answered before the revocation by a quick machine.
    const asking = atOnce(4, async () => {
      for (let after = 0; after < 10; after += over ? 1 : 0) {
        const askedAfter = over;
        answers.push({ askedAfter, active: await activeAt(accessToken) });
        if (answers.length === 8) heard.resolve(undefined);
      }
    });
    await heard.promise;
    assert.equal((await revoke(issuer, accessToken)).status, 200);
    over = true;
    await asking;
    assert.ok(
      answers.some(({ active }) => active === true),
      'nobody asked before',
    );
    assert.ok(
      answers.some(({ askedAfter }) => askedAfter),
      'nobody asked after',
    );
    assert.deepEqual(
      answers.filter(({ askedAfter, active }) => askedAfter && active !== false),
      [],
    );
  });

  it('kills a JWT as it kills an opaque token', async () => {
    for (const [resource, scope, as] of [
      [jwtGateway, 'jwt:call', 'rs-jwt'],
      [gatewayA, 'model:call', 'rs-a'],
    ] as const) {
      const answer = await clientCredentials(issuer, await Device.create(), { resource, scope });
      const token = answer.body['access_token'] as string;
      assert.equal(await activeAt(token, as), true);
      await revoke(issuer, token, 'service');
      assert.equal(await activeAt(token, as), false);
    }
  });

  it('leaves alone what it does not name', async () => {
    const [one, other] = [await signIn({ issuer }), await signIn({ issuer })];
    await revoke(issuer, one.accessToken);
    assert.equal(await activeAt(one.accessToken), false);
    assert.equal(await activeAt(other.accessToken), true);
    assert.equal((await refresh(issuer, one.refreshToken, one.device)).status, 200);
  });
});
