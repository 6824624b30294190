import type { Result } from '../lib/result.js';
import { Button } from '../web/button.js';
import type { ApprovalSubject } from '../stepup/approval.js';
import { CheckIcon, KeyIcon } from '../web/icons.js';
import { MarkedList } from '../web/list.js';
import { NoScript } from '../web/no-script.js';
import { Notice } from '../web/notice.js';
import { Page } from '../web/page.js';
import type { Site } from '../web/site.js';
import { ApprovalFacts, ApprovalHeading, quoted } from './approval-facts-page.js';
import { Obstacle } from './approval-page.js';

export interface BackchannelApproveProps {
  readonly site: Site;
  readonly subject: ApprovalSubject;
  /** The title of the models' tier. */
  readonly tier: string;
  /** Where the client is at home. */
  readonly place: string | undefined;
  /** What else the client gets with it, in plain words. */
  readonly abilities: readonly string[];
  /** Seconds since the epoch. */
  readonly askedAt: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Path of the page; its forms post below it. */
  readonly base: string;
  readonly csrf: string;
  /** Whose account it is, where she is signed in to it. */
  readonly person: string | undefined;
  /** Somebody is signed in here, and the request isn't for her. */
  readonly notYours: boolean;
  /** Nobody is signed in here. */
  readonly signedOut: boolean;
  /** Refused: she can't approve this now, and why. */
  readonly ability: Result<unknown>;
  /** Until when paid tiers are shut to her. */
  readonly heldUntil: Date | undefined;
  /** How many numbers may still be typed, once one was wrong. */
  readonly triesLeft: number | undefined;
  /** What came of her last answer. */
  readonly problem: string | undefined;
}

/** What somebody elsewhere asks of her. The number that it shows is typed here and never shown here (threat 15). */
export function BackchannelApprovePage(props: BackchannelApproveProps) {
  const { site, subject, base, person, notYours, signedOut, ability, problem } = props;
  const { approval, approve, passkeys } = site.words;
  return (
    <Page
      site={site}
      title={subject.modelCall ? approval.title : approve.signIn}
      scripts={['approve.js']}
      foot={false}
    >
      <Asked {...props} />
      {problem !== undefined && <Notice kind="problem">{problem}</Notice>}
      {notYours && <Notice kind="caution">{approve.notYours}</Notice>}
      <Obstacle {...props} />
      <form
        class="answer"
        method="post"
        action={base}
        data-approve={base}
        data-words={JSON.stringify({ ...passkeys.script, waiting: approve.waiting })}
      >
        <input type="hidden" name="csrf" value={props.csrf} />
        <input type="hidden" name="ends" value={props.subject.expiresAt} />
        <input type="hidden" name="assertion" value="" />
        {ability.ok && <MatchField {...props} />}
        <NoScript site={site} />
        <div class="actions">
          {person !== undefined && <p class="small quiet">{approve.you(<b class="ink">{person}</b>)}</p>}
          {signedOut && <p class="small quiet needs-script">{approve.signsIn}</p>}
          {ability.ok && (
            <div class="needs-script stack">
              <p class="status" role="status" data-approve-status />
              <Button kind="go" type="submit" data-approve-start>
                <KeyIcon />
                <span data-approve-words>{approval.approve}</span>
              </Button>
            </div>
          )}
          <Button type="submit" formAction={`${base}/deny`} formNoValidate>
            {approval.deny}
          </Button>
          <Button kind="bare-red" type="submit" formAction={`${base}/not-me`} formNoValidate>
            {approval.notMe}
          </Button>
        </div>
      </form>
    </Page>
  );
}

function Asked(props: BackchannelApproveProps) {
  const { site, subject, abilities } = props;
  const { approval, approve } = site.words;
  const { modelCall, bindingMessage } = subject;
  const message = bindingMessage && { label: approve.message, value: quoted(site, bindingMessage) };
  const more = message ? [message] : [];
  return (
    <>
      <ApprovalHeading {...props} />
      <ApprovalFacts {...props} more={more} />
      {abilities.length > 0 && (
        <section class="stack section">
          <h2>{modelCall ? approval.also : approve.able}</h2>
          <MarkedList icon={CheckIcon} items={abilities} />
        </section>
      )}
    </>
  );
}

function MatchField({ site, triesLeft }: Pick<BackchannelApproveProps, 'site' | 'triesLeft'>) {
  const { approve } = site.words;
  return (
    <div class="field match needs-script">
      <label for="number">{approve.number(<b>{approve.numberBold}</b>)}</label>
      <input
        id="number"
        name="number"
        type="text"
        inputMode="numeric"
        pattern="[1-9][0-9]"
        maxLength={2}
        autocomplete="off"
        required
        {...(triesLeft !== undefined && { 'aria-invalid': 'true', 'aria-describedby': 'number-problem' })}
      />
      {triesLeft !== undefined && (
        <p class="problem" id="number-problem">
          {approve.wrongNumber(triesLeft)}
        </p>
      )}
    </div>
  );
}
