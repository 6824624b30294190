import assert from 'node:assert/strict';
import { newAccount } from '../../src/accounts/account.js';
import { runCommand } from '../../src/admin/commands.js';
import type { AdminPorts } from '../../src/admin/admin-ports.js';
import type { Outcome } from '../../src/admin/outcome.js';
import type { Approval } from '../../src/stepup/approval.js';
import { approvalSubject, frontierCall } from '../support/approvals.js';
import { onDatabase } from '../support/databases.js';
import { PasskeyDesk, relyingParty, valueOf } from '../support/passkey-desk.js';

/** Threat 16, afterwards: whoever may write to the database can't make an approval say what nobody signed. */
onDatabase('PGlite', 'threat 16: the record of an approval', (database) => {
  const verify = (id: string): Promise<Outcome> => {
    const config = { rp_id: relyingParty.id };
    const ports = { stores: database.storage, config, clock: database.clock } as unknown as AdminPorts;
    return runCommand(ports, 'approval verify', { id });
  };

  /** Signed by a real key, and kept in a real table. */
  async function given(): Promise<Approval> {
    const desk = new PasskeyDesk();
    const authenticator = desk.authenticator();
    const { accountId } = await desk.register(authenticator);
    const subject = approvalSubject(accountId, desk.clock, {
      modelCall: { ...frontierCall, models: ['frontier/x'], count: 3 },
      bindingMessage: 'W4SCT',
    });
    const response = authenticator.assert(valueOf(await desk.approval.begin(subject)));
    const { approval } = valueOf(await desk.approval.finish(subject, response));
    await database.storage.accounts.insert(newAccount(accountId, new Date(database.clock.now())));
    for (const passkey of await desk.stores.passkeys.listOf(accountId)) {
      await database.storage.passkeys.insert(passkey);
    }
    assert.equal(await database.storage.approvals.insert(approval, 0), true);
    return approval;
  }

  const change = (id: string, sql: string) => database.sql(`UPDATE approval SET ${sql} WHERE id = $1`, [id]);
  const json = (path: string, value: string) =>
    `subject = jsonb_set(subject::jsonb, '{${path}}', '${JSON.stringify(value)}')::json`;
  const flip = (column: string) => `${column} = set_byte(${column}, 33, get_byte(${column}, 33) # 1)`;

  it('verifies as it was given, also once the passkey is gone', async () => {
    const { id, evidence } = await given();
    assert.equal((await verify(id)).ok, true);
    await database.sql('DELETE FROM passkey WHERE credential_id = $1', [evidence.credentialId]);
    assert.equal((await verify(id)).ok, true);
    await change(id, 'spent = 1999999, calls = 3');
    assert.equal((await verify(id)).ok, true);
  });

  /** By column, then by what is within the JSON; and which part must say so. */
  const changes: Record<string, [sql: string, says: RegExp]> = {
    id: ["id = 'apr_another'", /FAILS +record/],
    account_id: ["account_id = 'acc_another'", /record +differs .*accountId/],
    client_id: ["client_id = 'evil'", /record +differs .*clientId/],
    jkt: ["jkt = 'evil'", /record +differs .*jkt/],
    resource: ["resource = 'https://evil.example'", /record +differs .*modelCall.resource/],
    spend_limit: ['spend_limit = 200000000', /record +differs .*modelCall.spendLimit/],
    call_limit: ['call_limit = NULL', /record +differs .*modelCall.count/],
    expires_at: ['expires_at = expires_at + 1', /record +differs .*expiresAt/],
    subject: [json('modelCall,tier', 'premium'), /record +differs .*modelCall.tier/],
    'subject: name': [json('clientName', 'Your bank'), /record +differs .*clientName/],
    'subject: models': [json('modelCall,models,0', 'frontier/y'), /record +differs .*modelCall.models/],
    'subject: purpose': [json('modelCall,purpose', 'Else'), /record +differs .*modelCall.purpose/],
    'subject: scope': [json('scope', 'everything'), /record +differs .*scope/],
    'subject: message': [json('bindingMessage', 'Else'), /record +differs .*bindingMessage/],
    'subject: place': [json('asked,place', 'XX'), /record +differs .*asked/],
    'subject: page': [json('boundTo', 'elsewhere'), /record +differs .*boundTo/],
    'subject: added': [json('extra', 'yes'), /record +differs .*extra/],
    signed: ["signed = replace(signed, '2000000', '9000000')", /FAILS +challenge/],
    credential_id: ["credential_id = 'x'::bytea", /is not kept any more/],
    public_key: [flip('public_key'), /FAILS +signature/],
    authenticator_data: [
      'authenticator_data = set_byte(authenticator_data, 32, get_byte(authenticator_data, 32) & 251)',
      /FAILS +user verification/,
    ],
    'authenticator_data: rp': [
      'authenticator_data = set_byte(authenticator_data, 3, get_byte(authenticator_data, 3) # 1)',
      /FAILS +rp id/,
    ],
    client_data_json: [flip('client_data_json'), /FAILS +signature/],
    signature: [flip('signature'), /FAILS +signature/],
    rp_id: ["rp_id = 'evil.example'", /FAILS +rp id/],
    origin: ["origin = 'https://evil.example'", /FAILS +origin/],
    spent: ['spent = 2000001', /FAILS +use/],
    calls: ['calls = 4', /FAILS +use/],
  };
  /** When and under which revocation is ours to say; she signed nothing about them. */
  const unsigned = ['account_generation', 'created_at', 'revoked_at'];

  for (const [field, [sql, says]] of Object.entries(changes)) {
    it(`shows that ${field} was changed`, async () => {
      const { id } = await given();
      await change(id, sql);
      const outcome = await verify(field === 'id' ? 'apr_another' : id);
      if (field === 'credential_id') return assert.match(outcome.ok ? outcome.text : '', says);
      assert.equal(outcome.ok, false);
      assert.match(outcome.ok ? '' : outcome.message, says);
      if (field === 'id') await database.sql("DELETE FROM approval WHERE id = 'apr_another'");
    });
  }

  it('has no column that nobody looks after', async () => {
    const columns = await database.sql<{ column_name: string }>(
      "SELECT column_name FROM information_schema.columns WHERE table_name = 'approval'",
    );
    const known = [...Object.keys(changes), ...unsigned];
    assert.deepEqual(
      columns.map(({ column_name: name }) => name).filter((name) => !known.includes(name)),
      [],
    );
  });

  it('shows that the key was replaced together with all that it signed', async () => {
    const [hers, forged] = [await given(), await given()];
    const { evidence } = forged;
    await database.sql(
      `UPDATE approval SET public_key = $2, authenticator_data = $3, client_data_json = $4, signature = $5, signed = $6
       WHERE id = $1`,
      [
        hers.id,
        evidence.publicKey,
        evidence.authenticatorData,
        evidence.clientDataJson,
        evidence.signature,
        forged.signed,
      ],
    );
    const outcome = await verify(hers.id);
    assert.match(outcome.ok ? '' : outcome.message, /FAILS +record[\s\S]*FAILS +passkey/);
  });
});
