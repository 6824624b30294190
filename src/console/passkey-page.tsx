import type { JSX } from 'preact';
import type { AuthenticatorKind } from '../accounts/authenticator.js';
import type { ListedPasskey } from '../accounts/listed-passkey.js';
import { longestPasskeyName } from '../accounts/passkey-name.js';
import { Ago } from '../web/ago.js';
import { Button, ButtonLink } from '../web/button.js';
import { Field } from '../web/field.js';
import { DeviceIcon, SecurityKeyIcon, VaultIcon } from '../web/icons.js';
import { Moment } from '../web/moment.js';
import { Empty, Row, Rows } from '../web/rows.js';
import { Split } from '../web/split.js';
import type { ConfirmAbility } from './confirm-ability.js';
import { ConfirmForm } from './confirm-form-page.js';
import { ChangePage, type ConsoleContext, CsrfField } from './console-page.js';
import { dotted } from './dotted-page.js';

const iconOf: Readonly<Record<AuthenticatorKind, JSX.Element>> = {
  platform: <DeviceIcon />,
  password_manager: <VaultIcon />,
  security_key: <SecurityKeyIcon />,
};

interface SectionProps {
  readonly context: ConsoleContext;
  readonly passkeys: readonly ListedPasskey[];
}

export function PasskeysSection({ context, passkeys }: SectionProps) {
  const words = context.site.words.account.passkeys;
  return (
    <Split id="passkeys" heading={words.heading} note={words.note}>
      {passkeys.length === 0 && <Empty>{words.none}</Empty>}
      <Rows>
        {passkeys.map((passkey) => (
          <Row
            key={passkey.id}
            icon={iconOf[passkey.kind]}
            title={<span class="clamp">{passkey.name}</span>}
            note={<PasskeyFacts context={context} passkey={passkey} />}
            action={
              <ButtonLink
                small
                href={`/account/passkeys/${passkey.id}`}
                label={words.editNamed(passkey.name)}
              >
                {words.edit}
              </ButtonLink>
            }
          />
        ))}
      </Rows>
      <ButtonLink small href="/account/passkeys/new">
        {words.add}
      </ButtonLink>
    </Split>
  );
}

function PasskeyFacts({ context: { site, now }, passkey }: PasskeyProps) {
  const words = site.words.account.passkeys;
  const { authenticator, name, synced, createdAt, lastUsedAt, heldUntil, suspect } = passkey;
  return (
    <>
      {dotted([
        authenticator !== name && authenticator,
        synced ? words.synced : words.bound,
        words.added(<Ago site={site} at={createdAt} now={now} />),
        lastUsedAt && words.used(<Ago site={site} at={lastUsedAt} now={now} />),
        heldUntil && words.held(<Moment site={site} at={heldUntil} />),
        suspect && <b>{words.suspect}</b>,
      ])}
    </>
  );
}

interface PasskeyProps {
  readonly context: ConsoleContext;
  readonly passkey: ListedPasskey;
}

interface PasskeyPageProps extends PasskeyProps {
  readonly ability: ConfirmAbility;
  readonly onlyOne: boolean;
}

/** One passkey: its name, and the way to remove it. */
export function PasskeyPage(props: PasskeyPageProps) {
  const { context, passkey, ability, onlyOne } = props;
  const words = context.site.words.account.passkey;
  const path = `/account/passkeys/${passkey.id}`;
  return (
    <ChangePage context={context} title={passkey.name} scripts={['account.js']}>
      <h1 class="clamp" title={passkey.name}>
        {passkey.name}
      </h1>
      <p class="lede quiet">
        <PasskeyFacts {...props} />
      </p>
      <form class="section stack" method="post" action={`${path}/name`}>
        <CsrfField csrf={context.csrf} />
        <Field
          name="name"
          label={words.nameLabel}
          hint={words.nameHint}
          value={passkey.name}
          maxLength={longestPasskeyName}
          autocomplete="off"
          required
        />
        <Button type="submit">{words.rename}</Button>
      </form>
      <section class="apart">
        <h2>{words.removeHeading}</h2>
        <p class="quiet">{words.removeConsequence}</p>
        {onlyOne && <p>{words.onlyOne}</p>}
        {passkey.heldUntil ? (
          <form class="section stack" method="post" action={`${path}/remove`}>
            <CsrfField csrf={context.csrf} />
            <Button type="submit">{words.remove}</Button>
          </form>
        ) : (
          <ConfirmForm
            context={context}
            ability={ability}
            path={`${path}/remove`}
            action="remove_passkey"
            target={passkey.id}
            kind="plain"
            words={words.remove}
          />
        )}
      </section>
    </ChangePage>
  );
}
