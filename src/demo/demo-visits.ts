import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../lib/clock.js';
import { refuse } from '../lib/refusal.js';
import type { Run, SceneResult } from './scene.js';
import { scenes } from './scene.js';

/** What a visitor sees: what was played, how much of it is shown, and whether it broke off. */
export interface DemoView {
  readonly results: readonly SceneResult[];
  /** Fewer than `results` after a step back. */
  readonly shown: number;
  readonly broken: boolean;
}

/** `next` takes the number of the step that is wanted, so that a second press of the same button does nothing more. */
export type DemoWish =
  | { readonly kind: 'next' | 'all'; readonly step: number }
  | { readonly kind: 'back' }
  | { readonly kind: 'again' };

interface Visit extends DemoView {
  results: SceneResult[];
  shown: number;
  broken: boolean;
  run: Run | undefined;
  touchedAt: number;
  /** Presses of one visitor, one after another. */
  turn: Promise<void>;
  /** How many wait or play. */
  busy: number;
}

export interface DemoVisitsPorts {
  readonly begin: () => Promise<Run>;
  /** Told what broke off. */
  readonly failed: (error: unknown) => void;
  readonly clock: Clock;
}

const mostVisits = 16;
const mostPressesWaiting = 4;
const life = 15 * 60_000;
const nothing: DemoView = { results: [], shown: 0, broken: false };

/** Who is at the demo, each with a story of her own. Kept in memory, and never more than a few. */
export class DemoVisits {
  readonly #ports: DemoVisitsPorts;
  readonly #visits = new Map<string, Visit>();
  readonly #leaving = new Set<Promise<void>>();

  constructor(ports: DemoVisitsPorts) {
    this.#ports = ports;
  }

  view(id: string): DemoView {
    return this.#living(id) ?? nothing;
  }

  /** Does what she wishes, after what she wished before. */
  async press(id: string, wish: DemoWish): Promise<void> {
    const visit = this.#living(id) ?? this.#admit(id);
    if (visit.busy >= mostPressesWaiting) throw refuse('rate_limited', 'presses at the demo that wait');
    visit.busy += 1;
    const turn = visit.turn.then(() => this.#obey(visit, wish));
    visit.turn = turn.catch(() => {});
    try {
      await turn;
    } finally {
      visit.busy -= 1;
      visit.touchedAt = this.#ports.clock.now();
    }
  }

  /** Takes back what every story has made. */
  async close(): Promise<void> {
    for (const id of this.#visits.keys()) this.#dismiss(id);
    await Promise.race([Promise.all(this.#leaving), wait(2000, undefined, { ref: false })]);
  }

  async #obey(visit: Visit, wish: DemoWish): Promise<void> {
    if (wish.kind === 'back') visit.shown = Math.max(0, visit.shown - 1);
    else if (wish.kind === 'again') await this.#startOver(visit);
    else if (wish.step === visit.shown + 1) {
      const last = wish.kind === 'all' ? scenes.length : wish.step;
      while (visit.shown < last && !visit.broken) await this.#step(visit);
    }
  }

  async #startOver(visit: Visit): Promise<void> {
    const { run } = visit;
    Object.assign(visit, { run: undefined, results: [], shown: 0, broken: false });
    await run?.close();
  }

  /** What was played is shown again; what wasn't is played. */
  async #step(visit: Visit): Promise<void> {
    const scene = scenes[visit.shown];
    if (scene === undefined) return;
    if (visit.shown === visit.results.length) {
      try {
        visit.run ??= await this.#ports.begin();
        visit.results.push(await visit.run.play(scene.name));
      } catch (error) {
        this.#ports.failed(error);
        visit.broken = true;
        return;
      }
    }
    visit.shown += 1;
  }

  #living(id: string): Visit | undefined {
    const visit = this.#visits.get(id);
    if (visit === undefined || visit.busy > 0 || !this.#isOver(visit)) return visit;
    this.#dismiss(id);
    return undefined;
  }

  #isOver({ touchedAt }: Visit): boolean {
    return this.#ports.clock.now() - touchedAt > life;
  }

  /** Threat 30: the one that was quiet the longest makes room. */
  #admit(id: string): Visit {
    for (const [other, visit] of this.#visits) {
      if (visit.busy === 0 && this.#isOver(visit)) this.#dismiss(other);
    }
    if (this.#visits.size >= mostVisits) {
      const [quietest] = [...this.#visits]
        .filter(([, { busy }]) => busy === 0)
        .sort(([, one], [, other]) => one.touchedAt - other.touchedAt);
      if (quietest === undefined) throw refuse('rate_limited', 'visitors at the demo');
      this.#dismiss(quietest[0]);
    }
    const touchedAt = this.#ports.clock.now();
    const visit = { ...nothing, results: [], run: undefined, touchedAt, turn: Promise.resolve(), busy: 0 };
    this.#visits.set(id, visit);
    return visit;
  }

  #dismiss(id: string): void {
    const visit = this.#visits.get(id);
    this.#visits.delete(id);
    if (!visit) return;
    const left = visit.turn
      .then(() => visit.run?.close())
      .catch((error: unknown) => this.#ports.failed(error))
      .finally(() => this.#leaving.delete(left));
    this.#leaving.add(left);
  }
}
