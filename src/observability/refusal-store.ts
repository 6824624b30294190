import type { RefusalCode } from '../lib/refusal.js';

/** What `holdfast explain` tells about one request. Never holds a secret. */
export interface RecordedRefusal {
  readonly requestId: string;
  readonly at: Date;
  readonly code: RefusalCode;
  readonly detail: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly clientId: string | undefined;
}

export interface RefusalStore {
  record(refusals: readonly RecordedRefusal[]): Promise<void>;
  find(requestId: string): Promise<RecordedRefusal[]>;
}
