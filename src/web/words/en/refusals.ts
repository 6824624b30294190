import { refusals as catalogue } from '../../../lib/refusal.js';
import { personRefusals } from '../../../lib/person-refusals.js';

type PersonCode = keyof typeof personRefusals;
type Code = PersonCode | (typeof others)[number];

const others = [
  'server_error',
  'database_unavailable',
  'body_too_large',
  'request_malformed',
  'rate_limited',
] as const;
const codes = [...(Object.keys(personRefusals) as PersonCode[]), ...others];

/** What a person is told beside the field or button that a refusal is about, by its code: `says` of the refusal. */
export const refusals = Object.fromEntries(codes.map((code) => [code, catalogue[code].says])) as {
  readonly [Each in Code]: string;
};
