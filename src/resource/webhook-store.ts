/** One node's turn at a webhook. */
export interface WebhookTurn {
  readonly id: string;
  /** The last revocation that its receiver has. */
  readonly sequence: number;
  /** Turns since a delivery went well, this one included. */
  readonly attempts: number;
  /** Until then it is this node's alone; also the mark by which the turn is known. */
  readonly until: Date;
}

export interface WebhookState {
  readonly id: string;
  /** Revocations that its receiver does not have yet. */
  readonly behind: number;
  readonly failingSince: Date | undefined;
}

/** How far each webhook has got. All throw DatabaseUnavailable. */
export interface WebhookStore {
  /** Begins a webhook that is not known, at the present end of the log. */
  begin(id: string): Promise<void>;
  /** Atomic over nodes; undefined when there is nothing to deliver, when it is not due, or another node's turn. */
  claim(id: string, now: Date, until: Date): Promise<WebhookTurn | undefined>;
  /** Notes what was delivered and prolongs the turn to `until`; undefined when it is another's by now. */
  advance(turn: WebhookTurn, sequence: number, until: Date): Promise<WebhookTurn | undefined>;
  /** Ends the turn; nobody takes another before `due`. `failed`: because of a failure. */
  end(turn: WebhookTurn, due: Date, failed: boolean): Promise<void>;
  state(): Promise<WebhookState[]>;
}
