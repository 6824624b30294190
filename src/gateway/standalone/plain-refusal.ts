import { refusals, type RefusalCode } from '../../lib/refusal.js';
import type { Answer } from '../admission.js';

/** A refusal that no token or proof would change. */
export function plainRefusal(
  code: RefusalCode,
  more: Readonly<Record<string, string>> = {},
  detail?: string,
): Answer {
  const { status, error, says } = refusals[code];
  return {
    status,
    headers: { ...more, 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify({ error, error_description: detail ?? says }),
  };
}
