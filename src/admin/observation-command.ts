import { z } from 'zod';
import { calendarDay } from '../lib/calendar-day.js';
import type { ObservedLine } from '../resource/observation.js';
import type { AdminPorts } from './admin-ports.js';
import { columns, done, type Outcome } from './outcome.js';

const day = 86_400_000;

export const observationArguments = z.strictObject({ days: z.int().min(1).max(90) });

/** What passed and would be refused by whoever enforces; `days` with today. */
export async function reportObservations(
  { stores, clock, flushObservations }: AdminPorts,
  { days }: z.output<typeof observationArguments>,
): Promise<Outcome> {
  await flushObservations();
  const since = calendarDay(clock.now() - (days - 1) * day);
  const lines = await stores.observations.report(since);
  const result = { since, would_refuse: lines.map(describe) };
  if (lines.length === 0) {
    const text = `Since ${since} no call passed that would be refused. Was anything observed? See: holdfast doctor`;
    return done(result, text);
  }
  const rows = lines.map(({ day: on, resource, tier = '-', code, clientId, calls, accounts }) => [
    on,
    resource,
    tier,
    code,
    clientId ?? '(bearer)',
    String(calls),
    String(accounts),
  ]);
  const all = lines.reduce((sum, { calls }) => sum + calls, 0);
  return done(
    result,
    `${columns([['DAY', 'RESOURCE', 'TIER', 'WOULD REFUSE', 'CLIENT', 'CALLS', 'ACCOUNTS'], ...rows])}\n${all} calls would be refused.`,
  );
}

function describe({ day: on, resource, tier, code, clientId, calls, accounts }: ObservedLine): object {
  return { day: on, resource, tier: tier ?? null, code, client_id: clientId ?? null, calls, accounts };
}
