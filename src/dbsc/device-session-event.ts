import type { Refusal } from '../lib/refusal.js';
import type { Skipped } from './headers.js';

/** What an app should write down. */
export type DeviceSessionEvent =
  | { readonly kind: 'registered' | 'ended'; readonly sessionId: string }
  /** `refusal.code` says what was wrong. */
  | { readonly kind: 'registration_refused'; readonly refusal: Refusal }
  /** Somebody has the id of a session and its cookies, but not its key; or sends again what he saw. */
  | { readonly kind: 'refresh_refused'; readonly sessionId: string; readonly refusal: Refusal }
  /** A request had the app's cookie alone. `skipped`: what the browser says of it, if it is one. */
  | {
      readonly kind: 'unproven';
      readonly sessionId: string;
      readonly skipped: Skipped['reason'] | undefined;
    };
