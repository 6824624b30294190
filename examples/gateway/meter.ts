/** What the example gateway has spent since it started. */
export interface Meter {
  readonly calls: number;
  readonly microDollars: number;
}

export class CallMeter implements Meter {
  calls = 0;
  microDollars = 0;

  count(microDollars: number): void {
    this.calls += 1;
    this.microDollars += microDollars;
  }
}
