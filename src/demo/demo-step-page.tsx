import { amountIn } from '../lib/figures.js';
import { readDollars } from '../lib/money.js';
import { Notice } from '../web/notice.js';
import type { Site } from '../web/site.js';
import type { Scene, SceneResult } from './scene.js';

interface Props {
  readonly site: Site;
  readonly scene: Scene;
  /** Undefined: not yet played. Its room is kept free. */
  readonly result: SceneResult | undefined;
  /** Whether it is the one that was played last. */
  readonly now: boolean;
  /** Whether the story broke off here. */
  readonly broken: boolean;
  /** What the thief has got so far, in micro-dollars. */
  readonly lost: number;
}

type Speaker = Pick<Site, 'words' | 'locale'>;

/** What a step that wasn't played yet keeps its room with. */
const unplayed: SceneResult = { milliseconds: 10, cost: 3840 };

/** A line of the ledger: who did what, and what came of it. */
export function DemoStep({ site, scene, result, now, broken, lost }: Props) {
  const { demo } = site.words;
  const shown = result ?? unplayed;
  const fact = factOf(site, scene, shown);
  return (
    <li id={now || broken ? 'now' : undefined} class={result ? undefined : 'unplayed'}>
      <div class={scene.side}>
        <span class="out-of-sight">{scene.side === 'you' ? demo.you : demo.thief}</span>{' '}
        {demo.steps[scene.name]}
        {broken && <Notice kind="problem">{demo.broken}</Notice>}
        <div class="came" hidden={broken}>
          <span class={`mark mark-${scene.ends}`}>{cameOf(site, scene, shown)}</span>
          {fact !== undefined && <span class="small quiet fact">{fact}</span>}
        </div>
      </div>
      <div class="sum">
        <span class="came">{amountIn(site.locale, lost)}</span>
      </div>
    </li>
  );
}

/** What came of a step, in words. */
export function cameOf({ words, locale }: Speaker, { name }: Scene, result: SceneResult): string {
  return words.demo.came[name]({
    cost: amountIn(locale, result.cost),
    limit: amountIn(locale, readDollars(result.limit ?? '2.00') ?? 0),
    milliseconds: time(result),
  });
}

/** The small print: what the server said, and how soon. To copy something from a log takes no request. */
export function factOf({ words }: Speaker, { side, answer }: Scene, result: SceneResult): string | undefined {
  if (side === 'thief' && answer === undefined) return undefined;
  return words.demo.fact(result.answer ?? answer, time(result));
}

/** `3` and `0.8`: more than that nobody can read. */
function time({ milliseconds }: SceneResult): string {
  return milliseconds < 10 ? milliseconds.toFixed(1) : milliseconds.toFixed(0);
}
