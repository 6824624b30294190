import { z } from 'zod';
import type { AccountId } from './account.js';
import type { DraftFacts } from './draft-service.js';

const accountId = z.string().transform((id) => id as AccountId);

/** What a recovery has come to; as kept in its draft. */
const schema = z.discriminatedUnion('step', [
  /** A code was mailed, if there is an account. */
  z.object({ step: z.literal('mail_code'), email: z.string(), account_id: accountId.nullable() }),
  /** The address is proven. */
  z.object({ step: z.literal('recovery_code'), email: z.string(), account_id: accountId }),
  /** She is back in. */
  z.object({
    step: z.literal('done'),
    account_id: accountId,
    recovery_id: z.string(),
    auth_time: z.number(),
    /** Milliseconds since the epoch. */
    held_until: z.number(),
    account_generation: z.number(),
    codes_left: z.number(),
    passkey_added: z.boolean(),
  }),
]);

export type RecoveryDraft = z.output<typeof schema>;
export type ProvenAddress = Extract<RecoveryDraft, { step: 'recovery_code' }>;
export type DoneRecovery = Extract<RecoveryDraft, { step: 'done' }>;

/** Undefined where a draft says nothing of the kind. */
export function recoveryDraft(facts: DraftFacts | undefined): RecoveryDraft | undefined {
  return schema.safeParse(facts).data;
}
