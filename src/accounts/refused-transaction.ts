import { RefusalError } from '../lib/refusal.js';
import { accepted, type Result } from '../lib/result.js';

/** A refusal that was thrown to roll a transaction back, as a value again; anything else goes on its way. */
export async function orRefusal<Value>(work: () => Promise<Value>): Promise<Result<Value>> {
  try {
    return accepted(await work());
  } catch (error) {
    if (error instanceof RefusalError) return { ok: false, refusal: error.refusal };
    throw error;
  }
}
