import type { CalendarDay } from '../lib/calendar-day.js';
import type { RefusalCode } from '../lib/refusal.js';

/** A call that passed and would be refused by whoever enforces. */
export interface ObservedCall {
  readonly resource: string;
  /** Undefined: no tier names the model. */
  readonly tier: string | undefined;
  readonly code: RefusalCode;
  /** Undefined: a bearer credential of before, which is of no client. */
  readonly clientId: string | undefined;
  readonly accountId: string | undefined;
}

/** How many of one kind there were on one day. */
export interface ObservedCount extends Omit<ObservedCall, 'code'> {
  readonly day: CalendarDay;
  readonly code: string;
  readonly calls: number;
}

/** The same, for the operator: accounts are counted, not named. */
export interface ObservedLine extends Omit<ObservedCount, 'accountId'> {
  readonly accounts: number;
}
