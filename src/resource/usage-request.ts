import { z } from 'zod';
import { harmless } from '../lib/harmless.js';
import { accepted, refused, type Result } from '../lib/result.js';
import { usageOutcomes, type UsageReport } from '../usage/usage-report.js';

const count = z.int('must be a whole number, at most 2^53 - 1').min(0, 'must not be negative').optional();

/** Members beyond these are refused, so that a misspelt count can't go unnoticed. */
export const usageReportSchema = z.strictObject({
  call_id: z
    .string('must be the call_id of an answer of /calls')
    .regex(/^call_[0-9A-Za-z]{22}$/, 'must be the call_id of an answer of /calls'),
  input_tokens: count,
  output_tokens: count,
  /** Whole micro-dollars. */
  cost: count,
  outcome: z.enum(usageOutcomes, `must be one of ${usageOutcomes.join(', ')}`),
  finished_at: z.iso
    .datetime({ offset: true, error: 'must be a time as in RFC 3339' })
    // The year has four digits in every zone, in that of the database, too.
    .refine(
      (text) => text >= '2020' && Date.parse(text) < Date.UTC(10_000, 0),
      'must be a time as in RFC 3339',
    ),
});

export const usageRequestSchema = z.strictObject({
  reports: z
    .array(usageReportSchema, 'must be a list of reports')
    .min(1, 'must not be empty')
    .max(1000, 'has more than 1000 reports'),
});

/** `recorded`: kept now. `duplicate`: this resource server has reported the call before; what it said then stands. */
export const usageAnswerSchema = z.strictObject({
  reports: z.array(z.strictObject({ call_id: z.string(), status: z.enum(['recorded', 'duplicate']) })),
});
export type UsageAnswer = z.output<typeof usageAnswerSchema>;

/** All of a batch or nothing: a resource server whose reports are malformed has a mistake to mend. */
export function readUsageRequest(members: Readonly<Record<string, unknown>>): Result<readonly UsageReport[]> {
  const parsed = usageRequestSchema.safeParse(members);
  if (parsed.success) return accepted(parsed.data.reports.map(reportOf));
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  if (issue?.code === 'unrecognized_keys') {
    const [name = ''] = issue.keys;
    return refused('request_malformed', `${harmless(name)} is no member of ${where || 'this request'}`);
  }
  return refused('request_malformed', `${where} ${issue?.message}`);
}

function reportOf(report: z.output<typeof usageReportSchema>): UsageReport {
  return {
    callId: report.call_id,
    inputTokens: report.input_tokens,
    outputTokens: report.output_tokens,
    cost: report.cost,
    outcome: report.outcome,
    finishedAt: new Date(report.finished_at),
  };
}
