import { Ago } from '../web/ago.js';
import { Button, ButtonLink } from '../web/button.js';
import { type Fact, Facts } from '../web/facts.js';
import { Field } from '../web/field.js';
import { CrossIcon } from '../web/icons.js';
import { MarkedList } from '../web/list.js';
import { Page } from '../web/page.js';
import { Row, Rows } from '../web/rows.js';
import type { Site } from '../web/site.js';
import { placeName } from '../web/where.js';
import type { ConfirmAbility } from './confirm-ability.js';
import { ConfirmForm } from './confirm-form-page.js';
import { ChangePage, type ConsoleContext, CsrfField } from './console-page.js';
import { deviceName, SessionRow } from './devices-page.js';
import { dotted } from './dotted-page.js';
import type { OwnDevice } from './own-device.js';
import { longestDeviceName, takesPasskeys } from './own-devices-service.js';

interface Props {
  readonly context: ConsoleContext;
  readonly device: OwnDevice;
}

interface PageProps extends Props {
  readonly ability: ConfirmAbility;
  readonly sessionUid: string;
}

/** One device: what is known of it, what stands on it, and the ways to end that. */
export function DevicePage({ context, device, ability, sessionUid }: PageProps) {
  const { site, csrf } = context;
  const words = site.words.account.device;
  const name = deviceName(device, site);
  return (
    <ChangePage context={context} title={name} scripts={['account.js']}>
      <h1>
        <span class="clamp">{name}</span> <span class="quiet">{stateOf(device, site)}</span>
      </h1>
      <Facts facts={factsOf({ context, device })} />
      {device.sessions.length > 1 && (
        <section class="apart">
          <h2>{words.sessions}</h2>
          <Rows>
            {device.sessions.map((session) => (
              <SessionRow
                key={session.uid}
                context={context}
                session={session}
                here={session.uid === sessionUid}
              />
            ))}
          </Rows>
        </section>
      )}
      <KeysSection context={context} device={device} />
      <form class="apart stack" method="post" action={`/account/devices/${device.id}/name`}>
        <CsrfField csrf={csrf} />
        <Field
          name="name"
          label={words.nameLabel}
          hint={words.nameHint}
          value={device.name ?? ''}
          maxLength={longestDeviceName}
          autocomplete="off"
        />
        <Button type="submit">{words.rename}</Button>
      </form>
      <section class="apart stack">
        <h2>{words.heading}</h2>
        <p class="quiet">{device.here ? words.hereConsequence : words.consequence}</p>
        <form method="post" action={`/account/devices/${device.id}/cut-off`}>
          <CsrfField csrf={csrf} />
          <Button type="submit">{words.cutOff}</Button>
        </form>
      </section>
      {!device.here && <NotMeSection context={context} device={device} ability={ability} />}
    </ChangePage>
  );
}

function stateOf({ here, kind, sessions }: OwnDevice, { words }: Site): string {
  const { states } = words.account.device;
  if (here) return states.here;
  if (kind === 'app') return states.app;
  return sessions.length > 0 ? states.signedIn : states.signedOut;
}

function factsOf({ context: { site, now }, device }: Props): Fact[] {
  const words = site.words.account.device;
  const { place, name, label, createdAt, lastSeenAt, apps } = device;
  const ago = (at: Date) => <Ago site={site} at={at} now={now} />;
  return [
    {
      label: words.what,
      value: name !== undefined && label !== undefined && deviceName({ ...device, name: undefined }, site),
    },
    { label: words.where, value: place !== undefined && placeName(place, site.locale, site.words) },
    { label: words.first, value: ago(createdAt) },
    { label: words.last, value: ago(lastSeenAt) },
    { label: words.apps, value: apps.length > 0 && <span class="clamp">{apps.join(words.and)}</span> },
  ].filter(({ value }) => value !== false);
}

/** What proves that it is this device and no other. */
function KeysSection({ context: { site, now }, device }: Props) {
  const words = site.words.account.device;
  const keys = device.keys.filter(({ kind }) => kind !== 'browser');
  if (keys.length === 0) return null;
  return (
    <section class="apart">
      <h2>{words.keys}</h2>
      <p class="small quiet">{words.keysNote}</p>
      <Rows>
        {keys.map(({ thumbprint, kind, firstSeenAt, lastSeenAt }) => (
          <Row
            key={thumbprint}
            title={words.keyKinds[kind]}
            note={dotted([
              words.since(<Ago site={site} at={firstSeenAt} now={now} />),
              words.used(<Ago site={site} at={lastSeenAt} now={now} />),
            ])}
          />
        ))}
      </Rows>
    </section>
  );
}

function NotMeSection({ context, device, ability }: Props & { readonly ability: ConfirmAbility }) {
  const words = context.site.words.account.device.disowning;
  const path = `/account/devices/${device.id}/not-me`;
  const confirmed = takesPasskeys(device);
  return (
    <section class="apart">
      <h2>{words.heading}</h2>
      <div class="section">
        <MarkedList icon={CrossIcon} items={confirmed ? [...words.ends, words.passkeys] : words.ends} />
      </div>
      {confirmed ? (
        <ConfirmForm
          context={context}
          ability={ability}
          path={path}
          action="disown_device"
          target={device.id}
          kind="red"
          words={words.notMe}
        />
      ) : (
        <form class="section" method="post" action={path}>
          <CsrfField csrf={context.csrf} />
          <Button kind="red" type="submit">
            {words.notMe}
          </Button>
        </form>
      )}
    </section>
  );
}

/** After this very device was cut off: there is no session any more. */
export function CutHerePage({ site }: { site: Site }) {
  const words = site.words.account.devices.cutHere;
  return (
    <Page site={site} title={words.title.replace(/[.。]$/, '')}>
      <h1>
        {words.title} <span class="quiet">{words.consequence}</span>
      </h1>
      <p class="lede">{words.lede}</p>
      <p class="apart">
        <ButtonLink kind="go" href="/account">
          {words.signIn}
        </ButtonLink>
      </p>
    </Page>
  );
}
