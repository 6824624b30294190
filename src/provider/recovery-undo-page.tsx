import { Button, ButtonLink } from '../web/button.js';
import { Facts } from '../web/facts.js';
import { CheckIcon } from '../web/icons.js';
import { MarkedList, Steps } from '../web/list.js';
import { Moment } from '../web/moment.js';
import { Page } from '../web/page.js';
import type { Site } from '../web/site.js';

interface UndoProps {
  readonly site: Site;
  /** Path of the link; its form posts to it. */
  readonly action: string;
  readonly csrf: string;
  /** When the recovery was. */
  readonly at: Date;
}

/** What the link in the mail opens: nothing happens before she says so. */
export function RecoveryUndoPage({ site, action, csrf, at }: UndoProps) {
  const { undo } = site.words.recovery;
  return (
    <Page site={site} title={undo.title} foot={false}>
      <h1>
        {undo.title} <span class="quiet">{undo.consequence}</span>
      </h1>
      <p class="lede">{undo.lede}</p>
      <Facts facts={[{ label: undo.when, value: <Moment site={site} at={at} /> }]} />
      <h2 class="apart">{undo.what}</h2>
      <MarkedList icon={CheckIcon} items={[undo.signedOut, undo.passkeys, undo.stays]} />
      <form class="actions" method="post" action={action}>
        <Button kind="red" type="submit">
          {undo.submit}
        </Button>
        <ButtonLink href="/">{undo.keep}</ButtonLink>
        <input type="hidden" name="csrf" value={csrf} />
      </form>
    </Page>
  );
}

/** `signInAt`: where she signs in again. */
export function RecoveryUndonePage({ site, signInAt }: { site: Site; signInAt: string }) {
  const { recovery, login } = site.words;
  const { undone } = recovery;
  return (
    <Page site={site} title={undone.title}>
      <h1>
        {undone.title} <span class="quiet">{undone.consequence}</span>
      </h1>
      <p class="lede">{undone.lede}</p>
      <h2 class="apart">{undone.next}</h2>
      <Steps items={undone.steps} />
      <p class="section">
        <a href={signInAt}>{login.withPasskey}</a>
      </p>
    </Page>
  );
}
