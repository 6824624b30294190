import type { ComponentChildren } from 'preact';
import type { ConfirmableAction } from '../accounts/confirmation.js';
import { Button } from '../web/button.js';
import { KeyIcon } from '../web/icons.js';
import { Moment } from '../web/moment.js';
import { NoScript } from '../web/no-script.js';
import { Notice } from '../web/notice.js';
import type { Site } from '../web/site.js';
import type { ConfirmAbility } from './confirm-ability.js';
import { type ConsoleContext, CsrfField } from './console-page.js';

interface Props {
  readonly context: ConsoleContext;
  readonly ability: ConfirmAbility;
  /** Where the form posts to, once the passkey has confirmed. */
  readonly path: string;
  readonly action: ConfirmableAction;
  /** What is confirmed; the name of a field, where she types it. */
  readonly target?: string;
  readonly targetField?: string;
  readonly kind?: 'go' | 'plain' | 'red';
  /** On the button. */
  readonly words: string;
  readonly children?: ComponentChildren;
}

/** A form that a passkey confirms before it is sent; where none can, it says why instead of asking. */
export function ConfirmForm(props: Props) {
  const { context, ability, path, action, target = '', targetField, kind = 'go', words, children } = props;
  const { site, csrf } = context;
  if (ability.kind !== 'able') return <CannotConfirm site={site} ability={ability} />;
  return (
    <form
      class="section stack"
      method="post"
      action={path}
      data-confirm={action}
      data-target={target}
      data-target-field={targetField}
      data-words={JSON.stringify(site.words.passkeys.script)}
    >
      <CsrfField csrf={csrf} />
      <input type="hidden" name="confirmation" value="" />
      {children}
      <div class="needs-script stack">
        <Button kind={kind} type="submit" data-confirm-start>
          <KeyIcon />
          <span data-confirm-words>{words}</span>
        </Button>
        <p class="small quiet">{site.words.account.confirming.asks}</p>
      </div>
      <p class="status" role="status" data-confirm-status />
      <NoScript site={site} />
    </form>
  );
}

export function CannotConfirm({ site, ability }: { site: Site; ability: ConfirmAbility }) {
  const { confirming } = site.words.account;
  return (
    <div class="section">
      <Notice kind="caution">
        {ability.kind === 'held' && confirming.held(<Moment site={site} at={ability.until} />)}
        {ability.kind === 'suspect' && confirming.suspect}
        {ability.kind === 'none' && confirming.noPasskey}
      </Notice>
    </div>
  );
}
