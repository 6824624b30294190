import type { SignedInBrowser } from '../provider/session-store.js';
import { Ago } from '../web/ago.js';
import { DeviceIcon, PhoneIcon } from '../web/icons.js';
import { Row, Rows } from '../web/rows.js';
import { Split } from '../web/split.js';
import { browserName, placeName } from '../web/where.js';
import { type ConsoleContext, ConsolePage } from './console-page.js';
import { CutOffForm } from './cut-off-form-page.js';
import { dotted } from './dotted-page.js';

interface Props {
  readonly context: ConsoleContext;
  readonly sessions: readonly SignedInBrowser[];
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

function LiveList({ context, sessions, sessionUid }: Props) {
  const { script } = context.site.words.account.devices;
  const said = { ...script, appeared: script.appeared('{name}'), ended: script.ended('{name}') };
  return (
    <div data-live="/account/devices" data-words={JSON.stringify(said)}>
      <Rows>
        {sessions.map((session) => (
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

interface RowProps {
  readonly context: ConsoleContext;
  readonly session: SignedInBrowser;
  readonly here: boolean;
}

function SessionRow({ context: { site, csrf, now }, session, here }: RowProps) {
  const words = site.words.account.devices;
  const { uid, browser, place, lastSeenAt, heldSince } = session;
  const name = browserName(browser, site.words);
  return (
    <Row
      icon={/ on (iOS|Android)$/.test(browser ?? '') ? <PhoneIcon /> : <DeviceIcon />}
      title={
        <a class="row-link" href={`/account/devices/${uid}`}>
          {name}
        </a>
      }
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
          label={words.cutOff}
          named={words.cutOffNamed(name)}
        />
      }
      marks={{ 'data-row': uid, 'data-name': name }}
    />
  );
}
