import { Button, ButtonLink } from '../web/button.js';
import { KeyIcon } from '../web/icons.js';
import { Moment } from '../web/moment.js';
import { NoScript } from '../web/no-script.js';
import { Notice } from '../web/notice.js';
import type { ConfirmAbility } from './confirm-ability.js';
import { CannotConfirm } from './confirm-form-page.js';
import { ChangePage, type ConsoleContext, CsrfField } from './console-page.js';

interface Props {
  readonly context: ConsoleContext;
  readonly ability: ConfirmAbility;
  /** Set where the account has no passkey and the sign-in is too old to add the first one: where to sign in again. */
  readonly signInAgain: string | undefined;
  /** From when on a passkey that is added now may confirm; undefined: at once. */
  readonly heldUntil: Date | undefined;
}

/** Two steps, each by its own button: browsers want a person's click for each ceremony. */
export function AddPasskeyPage({ context, ability, signInAgain, heldUntil }: Props) {
  const { site, csrf } = context;
  const { addPasskey: words } = site.words.account;
  const first = ability.kind === 'none';
  return (
    <ChangePage context={context} title={words.title} scripts={['account.js']}>
      <h1>
        {site.words.common.sentence(words.title)}{' '}
        <span class="quiet">{first ? words.firstConsequence : words.consequence}</span>
      </h1>
      <p class="lede">{first ? words.firstLede : words.lede}</p>
      {heldUntil !== undefined && (
        <p class="section small quiet">{words.hold(<Moment site={site} at={heldUntil} />)}</p>
      )}
      {signInAgain !== undefined && (
        <div class="section stack">
          <Notice kind="caution">{words.tooOld}</Notice>
          <ButtonLink kind="go" href={signInAgain}>
            {words.signInAgain}
          </ButtonLink>
        </div>
      )}
      {signInAgain === undefined && (first || ability.kind === 'able') && (
        <form
          class="section stack"
          method="post"
          action="/account/passkeys/new"
          data-add-passkey={first ? 'first' : 'confirmed'}
          data-words={JSON.stringify({ ...site.words.passkeys.script, confirmed: words.confirmed })}
        >
          <CsrfField csrf={csrf} />
          <input type="hidden" name="registration" value="" />
          <div class="needs-script stack">
            {!first && (
              <Button kind="go" type="button" data-confirm-start>
                <KeyIcon />
                <span data-confirm-words>{words.confirm}</span>
              </Button>
            )}
            <Button kind="go" type="submit" hidden={!first} data-make-start>
              <KeyIcon />
              <span data-make-words>{words.make}</span>
            </Button>
          </div>
          <p class="status" role="status" data-confirm-status />
          <NoScript site={site} />
        </form>
      )}
      {!first && ability.kind !== 'able' && <CannotConfirm site={site} ability={ability} />}
    </ChangePage>
  );
}
