import type { Holdfast } from './harness.js';

export type SecurityEvent = Readonly<Record<string, unknown>>;

/** The security events of this name that the server told, oldest first. */
export function eventsOf({ log }: Pick<Holdfast, 'log'>, name: string): SecurityEvent[] {
  return log.map((line) => JSON.parse(line) as SecurityEvent).filter(({ event }) => event === name);
}

/** Those that `work` made the server tell. */
export async function eventsDuring(
  holdfast: Pick<Holdfast, 'log'>,
  name: string,
  work: () => Promise<unknown>,
): Promise<SecurityEvent[]> {
  const before = eventsOf(holdfast, name).length;
  await work();
  return eventsOf(holdfast, name).slice(before);
}
