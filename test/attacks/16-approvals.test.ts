import assert from 'node:assert/strict';
import type { AccountId } from '../../src/accounts/account.js';
import type { ApprovalSubject } from '../../src/stepup/approval.js';
import { approvalSubject, frontierCall } from '../support/approvals.js';
import { PasskeyDesk, refusalOf, valueOf } from '../support/passkey-desk.js';
import { liesOfKnownAccount } from '../support/webauthn-lies.js';

/** Threat 16: an assertion approves what the page showed, once, and nothing else. */
async function atTheDesk() {
  const desk = new PasskeyDesk();
  const authenticator = desk.authenticator();
  const { accountId } = await desk.register(authenticator);
  const subject = approvalSubject(accountId, desk.clock);
  return { desk, authenticator, accountId, subject };
}

describe('threat 16: what a person approves', () => {
  it('is approved by her assertion, which is strong and of now', async () => {
    const { desk, authenticator, accountId, subject } = await atTheDesk();
    const response = authenticator.assert(valueOf(await desk.approval.begin(subject)));
    const { approval, authentication } = valueOf(await desk.approval.finish(subject, response));
    assert.deepEqual(desk.approvals.kept, [approval]);
    assert.deepEqual(approval.subject, subject);
    assert.deepEqual(authentication, {
      accountId,
      accountGeneration: 0,
      acr: 'urn:holdfast:acr:phr',
      amr: ['pop', 'user', 'mfa'],
      authTime: Math.floor(desk.clock.now() / 1000),
    });
  });

  const changed = (changes: object) => ({ modelCall: { ...frontierCall, ...changes } });
  const swaps: Record<string, Partial<ApprovalSubject>> = {
    'a higher limit': changed({ spendLimit: 200_000_000 }),
    'no limit': changed({ spendLimit: undefined }),
    'another tier': changed({ tier: 'premium' }),
    'other models': changed({ models: ['frontier/x'] }),
    'more calls': changed({ count: 100 }),
    'another purpose': changed({ purpose: 'Something else' }),
    'another resource': changed({ resource: 'https://evil.example' }),
    'no models at all': { modelCall: undefined },
    'a later end': { expiresAt: 9_999_999_999 },
    'another client': { clientId: 'evil' },
    'another name of the client': { clientName: 'Your bank' },
    'another key': { jkt: 'evil' },
    'more scope': { scope: 'models everything' },
    'another message': { bindingMessage: 'Pay' },
    'another place': { asked: { place: 'XX', browser: 'Chrome on macOS' } },
  };
  for (const [name, swap] of Object.entries(swaps)) {
    it(`is not swapped for ${name} between page and signature`, async () => {
      const { desk, authenticator, subject } = await atTheDesk();
      const response = authenticator.assert(valueOf(await desk.approval.begin(subject)));
      const refusal = refusalOf(await desk.approval.finish({ ...subject, ...swap }, response));
      assert.match(refusal, /^approval_changed/);
      assert.deepEqual(desk.approvals.kept, []);
    });
  }

  it('is approved by nobody else', async () => {
    const { desk, authenticator, subject } = await atTheDesk();
    const stranger = desk.authenticator();
    const { accountId } = await desk.register(stranger);
    const options = valueOf(await desk.approval.begin(subject));
    const hers = { ...subject, accountId };
    assert.match(refusalOf(await desk.approval.finish(hers, stranger.assert(options))), /^approval_changed/);
    const again = stranger.assert(valueOf(await desk.approval.begin(subject)));
    assert.match(refusalOf(await desk.approval.finish(subject, again)), /^passkey_rejected/);
    const third = valueOf(await desk.approval.begin(subject));
    valueOf(await desk.approval.finish(subject, authenticator.assert(third)));
  });

  it('is approved once by an assertion', async () => {
    const { desk, authenticator, subject } = await atTheDesk();
    const response = authenticator.assert(valueOf(await desk.approval.begin(subject)));
    valueOf(await desk.approval.finish(subject, response));
    assert.match(refusalOf(await desk.approval.finish(subject, response)), /^challenge_spent/);
    assert.equal(desk.approvals.kept.length, 1);
  });

  it('is approved on its own page alone', async () => {
    const { desk, authenticator, subject } = await atTheDesk();
    const response = authenticator.assert(valueOf(await desk.approval.begin(subject)));
    const elsewhere = { ...subject, boundTo: 'another interaction' };
    assert.match(refusalOf(await desk.approval.finish(elsewhere, response)), /another interaction/);
  });

  it('is not approved by the assertion of a sign-in or of a confirmation', async () => {
    const { desk, authenticator, accountId, subject } = await atTheDesk();
    const signIn = authenticator.assert(await desk.signIn.begin(subject.boundTo));
    assert.match(refusalOf(await desk.approval.finish(subject, signIn)), /made for sign_in/);
    const change = { accountId, sessionUid: subject.boundTo, action: 'export_data', target: '' } as const;
    const confirmation = authenticator.assert(valueOf(await desk.confirmation.begin(change)));
    assert.match(refusalOf(await desk.approval.finish(subject, confirmation)), /made for confirm/);
  });

  it('neither signs in nor confirms', async () => {
    const { desk, authenticator, accountId, subject } = await atTheDesk();
    const approving = async () => authenticator.assert(valueOf(await desk.approval.begin(subject)));
    assert.match(refusalOf(await desk.signIn.finish(subject.boundTo, await approving())), /made for approve/);
    const change = { accountId, sessionUid: subject.boundTo, action: 'export_data', target: '' } as const;
    assert.match(refusalOf(await desk.confirmation.finish(change, await approving())), /made for approve/);
  });

  it('is not approved after its end', async () => {
    const { desk, authenticator, subject } = await atTheDesk();
    const response = authenticator.assert(valueOf(await desk.approval.begin(subject)));
    desk.clock.advance(299);
    assert.match(refusalOf(await desk.approval.begin({ ...subject, expiresAt: 1 })), /^approval_expired/);
    desk.clock.advance(1);
    assert.match(refusalOf(await desk.approval.finish(subject, response)), /^approval_expired/);
  });
});

describe('threat 17: an approval after a recovery', () => {
  const hour = 3_600_000;

  it('is refused while paid tiers are held, to begin and to finish', async () => {
    const { desk, authenticator, accountId, subject } = await atTheDesk();
    const response = authenticator.assert(valueOf(await desk.approval.begin(subject)));
    await desk.stores.holdPaidTiers(accountId, new Date(desk.clock.now() + hour));
    assert.match(refusalOf(await desk.approval.finish(subject, response)), /^paid_tiers_held/);
    assert.match(refusalOf(await desk.approval.begin(subject)), /^paid_tiers_held/);
  });

  it('is refused to a passkey that is held, to begin and to finish', async () => {
    const { desk, authenticator, accountId, subject } = await atTheDesk();
    const response = authenticator.assert(valueOf(await desk.approval.begin(subject)));
    await holdPasskeys(desk, accountId, new Date(desk.clock.now() + hour));
    assert.match(refusalOf(await desk.approval.finish(subject, response)), /^passkey_held/);
    assert.match(refusalOf(await desk.approval.begin(subject)), /^passkey_held/);
  });

  it('says so where there is no passkey at all', async () => {
    const { desk, accountId, subject } = await atTheDesk();
    await desk.stores.forgetPasskeys(accountId);
    assert.match(refusalOf(await desk.approval.begin(subject)), /^approval_needs_passkey/);
  });
});

/** Threat 19 where calls are approved: the same checks as at the door, lie by lie. */
describe('threat 19: an assertion that approves', () => {
  for (const [name, [lie, reason]] of Object.entries(liesOfKnownAccount)) {
    it(`with ${name} is refused`, async () => {
      const { desk, authenticator, subject } = await atTheDesk();
      const response = authenticator.assert(valueOf(await desk.approval.begin(subject)), lie);
      assert.match(refusalOf(await desk.approval.finish(subject, response)), reason);
      assert.deepEqual(desk.approvals.kept, []);
    });
  }
});

async function holdPasskeys(desk: PasskeyDesk, accountId: AccountId, stepUpFrom: Date): Promise<void> {
  const held = await desk.stores.passkeys.listOf(accountId);
  await desk.stores.forgetPasskeys(accountId);
  for (const passkey of held) await desk.stores.passkeys.insert({ ...passkey, stepUpFrom });
}
