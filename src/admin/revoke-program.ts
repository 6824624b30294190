import type { Command } from 'commander';
import { revocationLevels, type RevocationLevel } from '../resource/revocation-level.js';
import type { Execute } from './program.js';

type RevokeOptions = { readonly [Level in RevocationLevel]?: string } & {
  readonly all?: true;
  readonly issuedBefore?: string;
  readonly yes?: true;
};

/** `holdfast revoke`: exactly one level of what dies. */
export function addRevokeCommand(
  program: Command,
  execute: Execute,
  standardInput: () => Promise<string>,
): void {
  program
    .command('revoke')
    .description('end tokens at once, on every node; say exactly one of what')
    .option(
      '--token <value>',
      'one access token, or the login of a refresh token; - reads it from standard input',
    )
    .option('--grant <id>', 'one login at one app: its access and refresh tokens')
    .option('--session <uid>', 'one signed-in browser, and what hangs on its login')
    .option('--device <id>', 'all tokens of one key of one person (see: holdfast account show)')
    .option('--key <thumbprint>', 'all tokens of this key, of whomever they are; it never gets one again')
    .option('--client <client_id>', 'all tokens and grants of one client')
    .option('--account <account>', 'everything of one person, by id or e-mail address')
    .option('--all', 'everything: after an incident, or when a backup was restored')
    .option('--issued-before <time>', 'with --all: only what was issued before, as in 2026-11-22T08:00:00Z')
    .option('--yes', 'with --all: do it, rather than say what it would do')
    .action(async (options: RevokeOptions, command: Command) => {
      const levels = revocationLevels.filter((level) => options[level] !== undefined);
      const [level] = levels;
      if (levels.length + (options.all ? 1 : 0) !== 1) {
        return command.error(
          `Say exactly one of ${revocationLevels.map((each) => `--${each}`).join(', ')}, --all.`,
        );
      }
      if (level === undefined) {
        const { issuedBefore, yes } = options;
        return execute('revoke all', { issued_before: issuedBefore, confirmed: yes === true });
      }
      if (options.issuedBefore !== undefined) return command.error('--issued-before goes with --all.');
      const name = options[level] ?? '';
      const read = level === 'token' && name === '-';
      return execute('revoke', { level, name: read ? (await standardInput()).trim() : name });
    });
}
