import type { AccountEvent } from '../accounts/account-event.js';
import type { ListedPasskey } from '../accounts/listed-passkey.js';
import type { PasskeySignals } from '../accounts/passkey-signals.js';
import type { UpstreamIdentity } from '../accounts/upstream-identity.js';
import { abilitiesOf } from '../provider/scope-words.js';
import type { OwnLegacyCredential } from '../resource/legacy-credential.js';
import type { Approval } from '../stepup/approval.js';
import { Address } from '../web/address.js';
import { Ago } from '../web/ago.js';
import { Button, ButtonLink } from '../web/button.js';
import { Moment } from '../web/moment.js';
import { Notice } from '../web/notice.js';
import { Empty, Row, Rows } from '../web/rows.js';
import { Split } from '../web/split.js';
import { EventRows } from './activity-page.js';
import { ApprovalsSection } from './approvals-page.js';
import type { ConnectedApp } from './connected-apps-service.js';
import { type ConsoleContext, ConsolePage, CsrfField } from './console-page.js';
import { DevicesSection } from './devices-page.js';
import { dotted } from './dotted-page.js';
import { type Notifications, NotificationsSection } from './notifications-page.js';
import { OldKeysSection } from './old-keys-page.js';
import type { OwnDevices } from './own-device.js';
import { PasskeysSection } from './passkey-page.js';
import { WaitingSection } from './waiting-page.js';
import type { WaitingRequest } from './waiting-requests.js';
import { CutOffForm } from './cut-off-form-page.js';

export interface Overview {
  /** Shut while the account is held after a recovery. */
  readonly paidModels: string;
  readonly passkeys: readonly ListedPasskey[];
  readonly signals: PasskeySignals | undefined;
  readonly own: OwnDevices;
  /** Of this browser. */
  readonly sessionUid: string;
  readonly apps: readonly ConnectedApp[];
  readonly approvals: readonly Approval[];
  readonly oldKeys: readonly OwnLegacyCredential[];
  readonly titleOf: (tier: string) => string;
  readonly identities: readonly UpstreamIdentity[];
  readonly codesLeft: number;
  /** False where no mail can be sent, which another address would need. */
  readonly mail: boolean;
  readonly waiting: readonly WaitingRequest[];
  readonly notifications: Notifications;
  readonly events: readonly AccountEvent[];
}

interface Props {
  readonly context: ConsoleContext;
  readonly overview: Overview;
}

export function OverviewPage({ context, overview }: Props) {
  const words = context.site.words.account;
  const { passkeys, signals, identities, events } = overview;
  return (
    <ConsolePage
      context={context}
      title={words.title}
      scripts={['account.js', 'devices.js', 'notifications.js']}
    >
      <h1 class="out-of-sight" data-signals={JSON.stringify(signals)}>
        {words.title}
      </h1>
      <RecoveryNotice context={context} overview={overview} />
      <WaitingSection context={context} waiting={overview.waiting} />
      <DevicesSection context={context} own={overview.own} sessionUid={overview.sessionUid} />
      <PasskeysSection context={context} passkeys={passkeys} />
      <ApprovalsSection context={context} approvals={overview.approvals} titleOf={overview.titleOf} />
      <AppsSection context={context} overview={overview} />
      <OldKeysSection context={context} oldKeys={overview.oldKeys} />
      <WaysBackSection context={context} overview={overview} />
      {identities.length > 0 && <IdentitiesSection context={context} overview={overview} />}
      <NotificationsSection context={context} notifications={overview.notifications} />
      <Split id="activity" heading={words.activity.heading} note={words.activity.note}>
        <EventRows context={context} events={events} />
        <ButtonLink small href="/account/activity">
          {words.activity.all}
        </ButtonLink>
      </Split>
      <Split id="data" heading={words.own.heading}>
        <Rows>
          <Row title={<a href="/account/export">{words.own.export}</a>} />
          <Row title={<a href="/account/delete">{words.own.delete}</a>} />
        </Rows>
      </Split>
      <Split id="wrong" heading={words.locking.heading}>
        <p>{words.locking.lede}</p>
        <form method="post" action="/account/lock">
          <CsrfField csrf={context.csrf} />
          <Button kind="red" small type="submit">
            {words.locking.lock}
          </Button>
        </form>
      </Split>
    </ConsolePage>
  );
}

/** For as long as it holds: whoever reads this and did not come back herself, can still cut everything off. */
function RecoveryNotice({ context: { site, account, now }, overview: { paidModels: models } }: Props) {
  const { paidTiersHeldUntil: until } = account;
  if (!until || until.getTime() <= now) return null;
  return (
    <div class="section">
      <Notice kind="caution">
        {site.words.account.recoveryHold(models, <Moment site={site} at={until} />)}
      </Notice>
    </div>
  );
}

function AppsSection({ context, overview }: Props) {
  const { site, csrf, now } = context;
  const words = site.words.account.apps;
  return (
    <Split id="apps" heading={words.heading} note={words.note}>
      {overview.apps.length === 0 ? (
        <Empty>{words.none}</Empty>
      ) : (
        <Rows>
          {overview.apps.map(({ clientId, name, host, allowed, since }) => (
            <Row
              key={clientId}
              title={<span class="clamp">{name}</span>}
              note={dotted([
                host,
                ...abilitiesOf(allowed, site.words),
                words.since(<Ago site={site} at={since} now={now} />),
              ])}
              action={
                <CutOffForm
                  csrf={csrf}
                  action="/account/apps/disconnect"
                  field={{ name: 'app', value: clientId }}
                  label={words.disconnect}
                  named={words.disconnectNamed(name)}
                />
              }
            />
          ))}
        </Rows>
      )}
    </Split>
  );
}

function WaysBackSection({ context: { site, account }, overview }: Props) {
  const words = site.words.account.ways;
  const { email } = account;
  return (
    <Split id="ways" heading={words.heading} note={words.note}>
      <Rows>
        <Row
          title={words.email}
          note={email === undefined ? words.noEmail : <Address of={email} />}
          action={
            overview.mail && (
              <ButtonLink
                small
                href="/account/email"
                label={email === undefined ? words.addEmailNamed : words.changeEmailNamed}
              >
                {email === undefined ? words.addEmail : words.changeEmail}
              </ButtonLink>
            )
          }
        />
        <Row
          title={words.codes}
          note={overview.codesLeft === 0 ? words.noCodes : words.codesLeft(overview.codesLeft)}
          action={
            <ButtonLink small href="/account/recovery-codes" label={words.newCodesNamed}>
              {words.newCodes}
            </ButtonLink>
          }
        />
      </Rows>
    </Split>
  );
}

function IdentitiesSection({ context: { site, now }, overview }: Props) {
  const words = site.words.account.identities;
  return (
    <Split id="identities" heading={words.heading} note={words.note}>
      <Rows>
        {overview.identities.map(({ id, providerName, email, linkedAt, lastUsedAt }) => (
          <Row
            key={id}
            title={providerName}
            note={dotted([
              email !== undefined && <Address of={email} />,
              words.linked(<Ago site={site} at={linkedAt} now={now} />),
              words.used(<Ago site={site} at={lastUsedAt} now={now} />),
            ])}
            action={
              <ButtonLink
                small
                href={`/account/identities/${id}`}
                label={words.disconnectNamed(providerName)}
              >
                {words.disconnect}
              </ButtonLink>
            }
          />
        ))}
      </Rows>
    </Split>
  );
}
