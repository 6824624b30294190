import { amountIn } from '../lib/figures.js';
import { Actions } from '../web/actions.js';
import { Button } from '../web/button.js';
import type { Site } from '../web/site.js';
import { WidePage } from '../web/wide-page.js';
import { cameOf, DemoStep } from './demo-step-page.js';
import type { DemoView } from './demo-visits.js';
import { type SceneResult, scenes } from './scene.js';

interface DemoPageProps {
  readonly site: Site;
  readonly csrf: string;
  readonly view: DemoView;
}

/** You and a thief, and between them what he got: a ledger on a desk, a thread on a phone. */
export function DemoPage({ site, csrf, view }: DemoPageProps) {
  const { demo } = site.words;
  const { shown, broken, results } = view;
  const lost = lostBefore(results, shown);
  const ended = shown === scenes.length;
  return (
    <WidePage site={site} title={demo.title} scripts={['demo.js']}>
      <h1>{demo.heading}</h1>
      <p class="lede quiet">{demo.lede}</p>
      <div data-demo>
        <div class="duel-head">
          <h2>{demo.you}</h2>
          <p>
            <span class="small quiet">{demo.lost}</span>{' '}
            <span class="money" data-lost={lost}>
              {amountIn(site.locale, lost)}
            </span>
          </p>
          <h2>{demo.thief}</h2>
        </div>
        <ol class="duel">
          {scenes.map((scene, index) => (
            <DemoStep
              key={scene.name}
              site={site}
              scene={scene}
              result={index < shown ? results[index] : undefined}
              now={!broken && index === shown - 1}
              broken={broken && index === shown}
              lost={lostBefore(results, index + 1)}
            />
          ))}
        </ol>
        <div class="duel-end small quiet" data-news={newsOf(site, view)}>
          <p>{demo.progress(shown, scenes.length)}</p>
          <div class={ended ? undefined : 'unplayed'}>
            <p class="ink">{demo.ending(tries, amountIn(site.locale, lost))}</p>
            <p>{demo.honest}</p>
          </div>
        </div>
        <Actions action="/demo" row>
          <input type="hidden" name="csrf" value={csrf} />
          <input type="hidden" name="step" value={shown + 1} />
          {ended || broken ? (
            <Button kind="go" name="wish" value="again">
              {demo.again}
            </Button>
          ) : (
            <>
              <Button kind="go" name="wish" value="next">
                {demo.next}
              </Button>
              <Button name="wish" value="all">
                {demo.all}
              </Button>
            </>
          )}
          <Button name="wish" value="back" disabled={shown === 0}>
            {demo.back}
          </Button>
        </Actions>
      </div>
      <p class="out-of-sight" role="status" data-demo-status></p>
    </WidePage>
  );
}

/** What he did that a server had to answer. */
const tries = scenes.filter(({ side, answer }) => side === 'thief' && answer !== undefined).length;

/** What calls of the thief have cost in the first steps. */
function lostBefore(results: readonly SceneResult[], steps: number): number {
  return results
    .slice(0, steps)
    .reduce((sum, { cost }, index) => sum + (scenes[index]?.side === 'thief' ? cost : 0), 0);
}

/** What a person who doesn't see the ledger hears after a press. */
function newsOf(site: Site, { shown, results }: DemoView): string {
  const { demo } = site.words;
  const scene = scenes[shown - 1];
  const result = results[shown - 1];
  const came = scene && result ? [cameOf(site, scene, result)] : [];
  const lost = amountIn(site.locale, lostBefore(results, shown));
  return [demo.progress(shown, scenes.length), ...came, `${demo.lost}: ${lost}`].join('. ');
}
