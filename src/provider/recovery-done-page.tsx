import { Button } from '../web/button.js';
import { Facts } from '../web/facts.js';
import { Moment } from '../web/moment.js';
import { Page } from '../web/page.js';
import { Timeline } from '../web/timeline.js';
import type { PageFrame } from './interaction-desk-routes.js';
import { PasskeyButton } from './passkey-button-page.js';

export interface RecoveryDonePageProps extends PageFrame {
  /** What stays shut until then. */
  readonly models: string;
  readonly heldUntil: Date;
  readonly codesLeft: number;
  readonly passkeyAdded: boolean;
}

/** She is back in: what that means, a passkey for the next time, and the way to take it back. */
export function RecoveryDonePage(props: RecoveryDonePageProps) {
  const { site, base, csrf, models, heldUntil, codesLeft, passkeyAdded } = props;
  const { done } = site.words.recovery;
  const opens = <Moment site={site} at={heldUntil} />;
  return (
    <Page site={site} title={done.title} scripts={passkeyAdded ? [] : ['passkey.js']}>
      <h1>
        {done.title} <span class="quiet">{done.opens(models, opens)}</span>
      </h1>
      <p class="lede">{done.lede}</p>
      <Timeline
        occasions={[
          { when: done.now, what: passkeyAdded ? done.passkeyAdded : done.signedOut, now: true },
          { when: opens, what: done.wait(models) },
        ]}
      />
      <Facts
        facts={[
          {
            label: done.left,
            value: (
              <>
                {codesLeft}
                <br />
                <span class="small quiet">{done.leftHint}</span>
              </>
            ),
          },
        ]}
      />
      {!passkeyAdded && (
        <PasskeyButton
          site={site}
          base={base}
          csrf={csrf}
          ceremony="recovery"
          label={done.addPasskey}
          kind="plain"
        />
      )}
      <form class="section stack" method="post" action={`${base}/recovery/done`}>
        <p class="small quiet">{done.undoHint}</p>
        <Button kind="go" type="submit" name="answer" value="continue">
          {site.words.common.continue}
        </Button>
        <Button type="submit" name="answer" value="undo">
          {done.undo}
        </Button>
        <input type="hidden" name="csrf" value={csrf} />
      </form>
    </Page>
  );
}
