import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * Ends that move no generation, because somebody made them by hand or a setting changed: without a line in the log, an
 * answer that a node keeps would outlive them. What does move one is logged already.
 */
const earlier = `(NEW.expires_at < OLD.expires_at OR (OLD.expires_at IS NULL AND NEW.expires_at IS NOT NULL))`;
const triggers = [
  [
    'grant',
    '"grant"',
    'revoked_at, expires_at',
    `OLD.revoked_at IS DISTINCT FROM NEW.revoked_at OR ${earlier}`,
  ],
  ['session', 'session', 'ended_at, expires_at', `OLD.ended_at IS DISTINCT FROM NEW.ended_at OR ${earlier}`],
  [
    'client',
    'client',
    'removed_at, source',
    'OLD.removed_at IS DISTINCT FROM NEW.removed_at OR OLD.source <> NEW.source',
  ],
  ['account', 'account', 'disabled_at', 'OLD.disabled_at IS DISTINCT FROM NEW.disabled_at'],
] as const;

export class LoggedEnds1766000000000 implements MigrationInterface {
  readonly name = 'LoggedEnds1766000000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const [kind, table, columns, changed] of triggers) {
      await runner.query(
        `CREATE CONSTRAINT TRIGGER log_end_of_${kind} AFTER UPDATE OF ${columns} ON ${table}
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.generation = NEW.generation AND (${changed}))
        EXECUTE FUNCTION log_revocation('${kind}')`,
      );
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [kind, table] of triggers) await runner.query(`DROP TRIGGER log_end_of_${kind} ON ${table}`);
  }
}
