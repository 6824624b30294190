import { sha256 } from '../lib/hashing.js';
import { accepted, refused, type Result } from '../lib/result.js';

/** One line, without anything that could be used: of a key only its digest is left. */
export interface LegacyLine {
  /** SHA-256, hex. */
  readonly digest: string;
  readonly account?: string;
  readonly prefix?: string;
  readonly label?: string;
}

const columnNames = ['digest', 'key', 'account', 'prefix', 'label'] as const;
type Column = (typeof columnNames)[number];

/** RFC 6750 §2.1: what a client can present; and long enough that nobody finds it by trying. */
const presentable = /^[A-Za-z0-9\-._~+/]{20,512}=*$/;
const shortest = 20;

/**
 * Comma-separated lines under a line that names the columns: `digest` or `key`, and `account`, `prefix`, `label`. Keys are
 * digested here and now. What is wrong is told by the number of the line, never by what stands there (law 7).
 */
export function readLegacyFile(
  text: string,
  { keys, accounts }: { readonly keys: boolean; readonly accounts: boolean },
): Result<readonly LegacyLine[]> {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const header = (lines[0] ?? '').split(',').map((name) => name.trim().toLowerCase());
  const wrong = wrongHeader(header, keys, accounts);
  if (wrong !== undefined) return refused('request_malformed', `line 1: ${wrong}`);
  const read: LegacyLine[] = [];
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line === '') continue;
    const one = readLine(line, header as Column[]);
    if (typeof one === 'string') return refused('request_malformed', `line ${index + 1}: ${one}`);
    read.push(one);
  }
  return read.length === 0 ? refused('request_malformed', 'there is no credential in it') : accepted(read);
}

function wrongHeader(header: readonly string[], keys: boolean, accounts: boolean): string | undefined {
  const names: readonly string[] = columnNames;
  if (!header.every((name) => names.includes(name)) || new Set(header).size !== header.length) {
    return 'must name the columns, of digest (or key), account, prefix, label';
  }
  if (header.includes('digest') === header.includes('key')) return 'must have a column digest, or key';
  if (header.includes('key') && !keys)
    return 'keys are taken from standard input alone (FILE is -), so that no file has them';
  if (header.includes('account') === accounts) {
    return accounts
      ? 'has a column account, so --account is one too many'
      : 'must have a column account, or say --account';
  }
  return undefined;
}

function readLine(line: string, header: readonly Column[]): LegacyLine | string {
  const cells = line.split(',').map((cell) => cell.trim());
  if (cells.length !== header.length) return `must have ${header.length} cells`;
  const of = (name: Column): string | undefined => cells[header.indexOf(name)] || undefined;
  const [key, told, account, prefix, label] = [
    of('key'),
    of('digest'),
    of('account'),
    of('prefix'),
    of('label'),
  ];
  const digest = key === undefined ? told?.toLowerCase() : digestOf(key);
  if (digest === undefined || !/^[0-9a-f]{64}$/.test(digest)) {
    return header.includes('key')
      ? `must be a key of ${shortest} to 512 characters that a Bearer header can carry, and none of ours`
      : 'must be the hex digest (SHA-256) of a key';
  }
  return header.includes('account') && account === undefined
    ? 'names no account'
    : described(digest, { account, prefix, label });
}

function described(
  digest: string,
  { account, prefix, label }: Readonly<Record<'account' | 'prefix' | 'label', string | undefined>>,
): LegacyLine | string {
  if (prefix !== undefined && prefix.length > 12) return 'prefix may have 12 characters: it is shown';
  if (label !== undefined && label.length > 80) return 'label may have 80 characters';
  return {
    digest,
    ...(account !== undefined && { account }),
    ...(prefix !== undefined && { prefix }),
    ...(label !== undefined && { label }),
  };
}

/** Undefined: what can't be presented, or is one of our own tokens. */
export function digestOf(key: string): string | undefined {
  if (!presentable.test(key) || key.startsWith('hldf_')) return undefined;
  return sha256(key).toString('hex');
}
