import assert from 'node:assert/strict';
import type { AdminPorts } from '../../../src/admin/admin-ports.js';
import { runCommand } from '../../../src/admin/commands.js';
import type { Approval } from '../../../src/stepup/approval.js';
import { approvalSubject, frontierCall } from '../../support/approvals.js';
import { PasskeyDesk, relyingParty, valueOf } from '../../support/passkey-desk.js';

describe('the command about approvals', () => {
  async function given(changes: Partial<Approval> = {}, call: Partial<typeof frontierCall> = {}) {
    const desk = new PasskeyDesk();
    const authenticator = desk.authenticator();
    const { accountId } = await desk.register(authenticator, 'ada@example.org');
    await desk.stores.verifyEmail(accountId, 'ada@example.org');
    const modelCall = { ...frontierCall, ...call };
    const subject = approvalSubject(accountId, desk.clock, { modelCall, clientName: 'Agent\u001b[31m' });
    const response = authenticator.assert(valueOf(await desk.approval.begin(subject)));
    const { approval } = valueOf(await desk.approval.finish(subject, response));
    desk.approvals.kept[0] = { ...approval, ...changes };
    const { accounts, passkeys } = desk.stores;
    const ports = {
      stores: { accounts, passkeys, approvals: desk.approvals },
      config: { rp_id: relyingParty.id },
      clock: desk.clock,
    } as unknown as AdminPorts;
    const run = (command: string, input: object) => runCommand(ports, `approval ${command}`, input);
    return { desk, run, id: approval.id };
  }

  it('lists what a person approved, by her address, and lets no client write to the terminal', async () => {
    const { run, id } = await given({ spent: 350_000, calls: 1 });
    const outcome = await run('list', { account: 'ada@example.org' });
    assert.ok(outcome.ok);
    assert.match(outcome.text, new RegExp(`${id}.* living +0\\.35 of 2\\.00 USD +Agent\\[31m`));
  });

  const states: Record<string, [changes: Partial<Approval>, seconds: number]> = {
    living: [{}, 0],
    ended: [{}, 300],
    stopped: [{ revokedAt: new Date(0) }, 0],
    spent: [{ spent: 2_000_000 }, 0],
  };
  for (const [state, [changes, seconds]] of Object.entries(states)) {
    it(`says when one is ${state}`, async () => {
      const { desk, run, id } = await given(changes);
      desk.clock.advance(seconds);
      const outcome = await run('show', { id });
      assert.ok(outcome.ok);
      assert.match(outcome.text, new RegExp(`^state +${state}$`, 'm'));
      assert.match(outcome.text, /^spend limit +2\.00$/m);
    });
  }

  it('verifies one, and says of an unknown one that there is none', async () => {
    const { run, id } = await given();
    const verified = await run('verify', { id });
    assert.ok(verified.ok);
    assert.match(verified.text, /^holds +signature/m);
    for (const command of ['show', 'verify']) {
      const outcome = await run(command, { id: 'apr_nothing' });
      assert.equal(outcome.ok ? '' : outcome.error, 'approval_unknown');
    }
    const nobody = await run('list', { account: 'nobody' });
    assert.equal(nobody.ok ? '' : nobody.error, 'account_unknown');
  });
});
