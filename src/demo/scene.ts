import type { MicroDollars } from '../lib/money.js';

/** What a step of the story is, and how it must end. */
export interface Scene {
  readonly name: SceneName;
  readonly side: 'you' | 'thief';
  readonly ends: 'done' | 'served' | 'asked' | 'stopped';
  /** Status and code of the answer that must come; none where nobody is asked. */
  readonly answer?: string;
}

/** What came of a step: figures of this run. */
export interface SceneResult {
  /** `401 invalid_token` */
  readonly answer?: string | undefined;
  /** How long it took; after a revocation, how soon the first call was refused. */
  readonly milliseconds: number;
  /** What the gateway's answers say that they cost. */
  readonly cost: MicroDollars;
  /** The most that was approved, in dollars. */
  readonly limit?: string | undefined;
}

/** One run of the story: requests of somebody who has an account of her own, and of a thief. */
export interface Run {
  /** Throws where it ends otherwise than it must. */
  play(name: SceneName): Promise<SceneResult>;
  /** Takes back what the run has made. */
  close(): Promise<void>;
}

const story = [
  { name: 'logIn', side: 'you', ends: 'done' },
  { name: 'call', side: 'you', ends: 'served', answer: '200' },
  { name: 'leak', side: 'thief', ends: 'done' },
  { name: 'bearer', side: 'thief', ends: 'stopped', answer: '401 invalid_token' },
  { name: 'otherKey', side: 'thief', ends: 'stopped', answer: '401 invalid_token' },
  { name: 'replay', side: 'thief', ends: 'stopped', answer: '401 invalid_dpop_proof' },
  { name: 'refresh', side: 'thief', ends: 'stopped', answer: '400 invalid_grant' },
  { name: 'bind', side: 'you', ends: 'done' },
  { name: 'cookies', side: 'thief', ends: 'served', answer: '200' },
  { name: 'cookiesLater', side: 'thief', ends: 'stopped', answer: '403 device_unproven' },
  { name: 'renewWithOwnKey', side: 'thief', ends: 'stopped', answer: '403 session_proof_needed' },
  { name: 'goOn', side: 'you', ends: 'served', answer: '200' },
  { name: 'approve', side: 'you', ends: 'served', answer: '200' },
  { name: 'again', side: 'you', ends: 'served', answer: '200' },
  { name: 'laptop', side: 'thief', ends: 'asked', answer: '403 insufficient_authorization_details' },
  { name: 'ownPasskey', side: 'thief', ends: 'stopped', answer: '400 access_denied' },
  { name: 'revoke', side: 'you', ends: 'done', answer: '200' },
  { name: 'after', side: 'thief', ends: 'stopped', answer: '401 invalid_token' },
] as const satisfies readonly (Omit<Scene, 'name'> & { readonly name: string })[];

export type SceneName = (typeof story)[number]['name'];

export const scenes: readonly Scene[] = story;
