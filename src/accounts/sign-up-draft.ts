import { z } from 'zod';
import type { AccountId } from './account.js';
import { acrLadder } from './authentication.js';
import type { DraftFacts } from './draft-service.js';

const said = { display_name: z.string(), email: z.string().nullable() };

/** What a sign-up has come to; as kept in its draft. */
const schema = z.discriminatedUnion('step', [
  /** A code was mailed. */
  z.object({ step: z.literal('code'), ...said, email: z.string() }),
  /** The address is proven, or there is none. */
  z.object({ step: z.literal('passkey'), ...said }),
  /** The account is made. Her recovery codes are sealed, to be shown until she says that she has them. */
  z.object({
    step: z.literal('codes'),
    account_id: z.string().transform((id) => id as AccountId),
    auth_time: z.number(),
    account_generation: z.number(),
    acr: z.enum(acrLadder).optional(),
    amr: z.array(z.string()).readonly().optional(),
    sealed_codes: z.string().nullable(),
  }),
]);

export type SignUpDraft = z.output<typeof schema>;

/** Undefined where a draft says nothing of the kind. */
export function signUpDraft(facts: DraftFacts | undefined): SignUpDraft | undefined {
  return schema.safeParse(facts).data;
}
