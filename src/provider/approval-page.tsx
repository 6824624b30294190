import type { Result } from '../lib/result.js';
import { fingerprintOf } from '../stepup/approval-challenge.js';
import { Actions } from '../web/actions.js';
import { Button } from '../web/button.js';
import { CheckIcon, KeyIcon } from '../web/icons.js';
import { MarkedList } from '../web/list.js';
import { Moment } from '../web/moment.js';
import { NoScript } from '../web/no-script.js';
import { Notice } from '../web/notice.js';
import { Page } from '../web/page.js';
import type { Site } from '../web/site.js';
import { ApprovalFacts, type ApprovalFactsProps, ApprovalHeading } from './approval-facts-page.js';
import type { PageFrame } from './interaction-desk-routes.js';

export interface ApprovalPageProps extends PageFrame, Omit<ApprovalFactsProps, 'more' | 'place'> {
  /** What else the client gets with it, in plain words. */
  readonly abilities: readonly string[];
  /** Refused: nobody can approve this now, and why. */
  readonly ability: Result<unknown>;
  /** Until when paid tiers are shut to her. */
  readonly heldUntil: Date | undefined;
}

/** Who asks and how much stand above the rule; below it is exactly what she signs. Deny is as large as approve. */
export function ApprovalPage(props: ApprovalPageProps) {
  const { site, asker, abilities, ability, base, csrf, subject } = props;
  const { approval, passkeys } = site.words;
  return (
    <Page site={site} title={approval.title} scripts={['approval.js']} foot={false}>
      <ApprovalHeading {...props} place={asker.place} />
      {!ability.ok && <Obstacle {...props} />}
      {ability.ok && asker.onDevice && (
        <div class="section">
          <Notice kind="caution">
            <b>{site.words.consent.onDevice.heading}</b> {site.words.consent.onDevice.lede}
          </Notice>
        </div>
      )}
      <ApprovalFacts {...props} />
      {ability.ok && abilities.length > 0 && (
        <section class="stack section">
          <h2>{approval.also}</h2>
          <MarkedList icon={CheckIcon} items={abilities} />
        </section>
      )}
      {ability.ok && <NoScript site={site} />}
      <Actions action={`${base}/deny`}>
        <input type="hidden" name="csrf" value={csrf} />
        {ability.ok && (
          <div
            class="needs-script stack"
            data-approval
            data-base={base}
            data-csrf={csrf}
            data-seen={fingerprintOf(subject)}
            data-words={JSON.stringify(passkeys.script)}
          >
            <p class="status" role="status" data-approval-status />
            <Button kind="go" type="button" data-approval-start>
              <KeyIcon />
              <span data-approval-words>{approval.approve}</span>
            </Button>
          </div>
        )}
        <Button type="submit">{ability.ok ? approval.deny : approval.goBack(asker.back)}</Button>
        <Button kind="bare-red" type="submit" formAction={`${base}/not-me`}>
          {approval.notMe}
        </Button>
      </Actions>
    </Page>
  );
}

/** Why it can't be approved now, and what she can do about it. */
export function Obstacle({
  site,
  ability,
  heldUntil,
}: Pick<ApprovalPageProps, 'site' | 'ability' | 'heldUntil'>) {
  if (ability.ok) return null;
  return (
    <div class="section">
      <Notice kind="problem">{obstacleWords(site, ability.refusal.code, heldUntil)}</Notice>
    </div>
  );
}

function obstacleWords(site: Site, code: string, heldUntil: Date | undefined) {
  const { obstacles } = site.words.approval;
  switch (code) {
    case 'approval_needs_passkey':
      return obstacles.noPasskey(<a href="/account">{obstacles.yourAccount}</a>);
    case 'passkey_held':
      return obstacles.passkeyHeld;
    case 'paid_tiers_held':
      return heldUntil ? obstacles.accountHeld(<Moment site={site} at={heldUntil} />) : obstacles.expired;
    default:
      return obstacles.expired;
  }
}
