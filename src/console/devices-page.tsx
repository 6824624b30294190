import type { JSX } from 'preact';
import type { SignedInBrowser } from '../provider/session-store.js';
import { Ago } from '../web/ago.js';
import { DeviceIcon, PhoneIcon, ProgramIcon } from '../web/icons.js';
import { Row, Rows } from '../web/rows.js';
import type { Site } from '../web/site.js';
import { Split } from '../web/split.js';
import { browserName, placeName } from '../web/where.js';
import { type ConsoleContext, ConsolePage } from './console-page.js';
import { CutOffForm } from './cut-off-form-page.js';
import { dotted } from './dotted-page.js';
import type { OwnDevice, OwnDevices } from './own-device.js';

interface Props {
  readonly context: ConsoleContext;
  readonly own: OwnDevices;
  /** Of this browser. */
  readonly sessionUid: string;
}

export function DevicesSection(props: Props) {
  const words = props.context.site.words.account.devices;
  return (
    <Split id="devices" heading={words.heading} note={words.note}>
      <LiveList {...props} />
    </Split>
  );
}

/** All of them; what the script of the account's page looks at to keep its list fresh. */
export function DevicesPage(props: Props) {
  const { context } = props;
  const { account } = context.site.words;
  return (
    <ConsolePage context={context} title={account.devices.heading} scripts={['devices.js']}>
      <h1>
        {account.devices.title} <span class="quiet">{account.devices.consequence}</span>
      </h1>
      <DevicesSection {...props} />
      <p class="section">
        <a href="/account">{account.backToAccount}</a>
      </p>
    </ConsolePage>
  );
}

function LiveList({ context, own, sessionUid }: Props) {
  const { script } = context.site.words.account.devices;
  const said = { ...script, appeared: script.appeared('{name}'), ended: script.ended('{name}') };
  return (
    <div data-live="/account/devices" data-words={JSON.stringify(said)}>
      <Rows>
        {own.devices.map((device) => (
          <DeviceRow key={device.id} context={context} device={device} />
        ))}
        {own.others.map((session) => (
          <SessionRow
            key={session.uid}
            context={context}
            session={session}
            here={session.uid === sessionUid}
          />
        ))}
      </Rows>
      <p class="status" role="status" data-live-status />
    </div>
  );
}

function DeviceRow({ context, device }: { context: ConsoleContext; device: OwnDevice }) {
  const { site, csrf, now } = context;
  const words = site.words.account.devices;
  const name = deviceName(device, site);
  const { id, kind, place, sessions, lastSeenAt, here } = device;
  const signedOut = kind === 'browser' && sessions.length === 0;
  return (
    <Row
      icon={deviceIcon(device)}
      title={
        <span class="clamp">
          <a class="row-link" href={`/account/devices/${id}`}>
            {name}
          </a>
        </span>
      }
      note={dotted([
        place && placeName(place, site.locale, site.words),
        words.used(<Ago site={site} at={sessions[0]?.lastSeenAt ?? lastSeenAt} now={now} />),
        signedOut && words.signedOut,
        sessions.some(({ heldSince }) => heldSince) && words.held,
        here && <b>{words.here}</b>,
      ])}
      action={
        <CutOffForm
          csrf={csrf}
          action={`/account/devices/${id}/cut-off`}
          label={words.cutOff}
          named={words.cutOffNamed(name)}
        />
      }
      marks={{ 'data-row': id, 'data-name': name }}
    />
  );
}

interface SessionRowProps {
  readonly context: ConsoleContext;
  readonly session: SignedInBrowser;
  readonly here: boolean;
}

export function SessionRow({ context: { site, csrf, now }, session, here }: SessionRowProps) {
  const words = site.words.account.devices;
  const { uid, browser, place, lastSeenAt, heldSince } = session;
  const name = browserName(browser, site.words);
  return (
    <Row
      icon={deviceIcon({ kind: 'browser', label: browser })}
      title={name}
      note={dotted([
        place && placeName(place, site.locale, site.words),
        words.used(<Ago site={site} at={lastSeenAt} now={now} />),
        heldSince && words.held,
        here && <b>{words.here}</b>,
      ])}
      action={
        <CutOffForm
          csrf={csrf}
          action="/account/sessions/cut-off"
          field={{ name: 'session', value: uid }}
          label={words.signOut}
          named={words.signOutNamed(name)}
        />
      }
      marks={{ 'data-row': uid, 'data-name': name }}
    />
  );
}

type Named = Pick<OwnDevice, 'name' | 'label' | 'kind'>;

/** What she calls it, or what it says that it is. */
export function deviceName({ name, label, kind }: Named, { words }: Site): string {
  if (name !== undefined) return name;
  return kind === 'browser' ? browserName(label, words) : (label ?? words.account.devices.anApp);
}

function deviceIcon({ kind, label = '' }: Pick<OwnDevice, 'kind' | 'label'>): JSX.Element {
  if (kind === 'app') return <ProgramIcon />;
  return / on (iOS|Android)$/.test(label) ? <PhoneIcon /> : <DeviceIcon />;
}
