import type { PushSubscription } from '../stepup/push-subscription.js';
import { Ago } from '../web/ago.js';
import { Button } from '../web/button.js';
import { Empty, Row, Rows } from '../web/rows.js';
import { Split } from '../web/split.js';
import { browserName } from '../web/where.js';
import { type ConsoleContext, CsrfField } from './console-page.js';
import { dotted } from './dotted-page.js';
import { CutOffForm } from './cut-off-form-page.js';

export interface Notifications {
  readonly subscriptions: readonly PushSubscription[];
  /** What a browser ties its subscription to (RFC 8292 §4). */
  readonly applicationServerKey: string;
}

interface Props {
  readonly context: ConsoleContext;
  readonly notifications: Notifications;
}

/** In which browsers she hears at once that somebody asks for her; by mail she does anyway. */
export function NotificationsSection({ context, notifications }: Props) {
  const { site, csrf, now } = context;
  const words = site.words.account.notifications;
  return (
    <Split id="notifications" heading={words.heading} note={words.note}>
      {notifications.subscriptions.length === 0 && <Empty>{words.none}</Empty>}
      <Rows>
        {notifications.subscriptions.map(({ id, browser, createdAt, lastDeliveredAt }) => {
          const name = browserName(browser, site.words);
          return (
            <Row
              key={id}
              title={name}
              note={dotted([
                words.since(<Ago site={site} at={createdAt} now={now} />),
                lastDeliveredAt && words.used(<Ago site={site} at={lastDeliveredAt} now={now} />),
              ])}
              action={
                <CutOffForm
                  csrf={csrf}
                  action="/account/notifications/off"
                  field={{ name: 'browser', value: id }}
                  label={words.off}
                  named={words.offNamed(name)}
                  marks={{ 'data-push-off': id }}
                />
              }
            />
          );
        })}
      </Rows>
      <form
        class="needs-script"
        method="post"
        action="/account/notifications"
        data-push-on={notifications.applicationServerKey}
        data-words={JSON.stringify(words.script)}
      >
        <CsrfField csrf={csrf} />
        <input type="hidden" name="subscription" value="" />
        <Button small type="submit" data-push-button>
          <span data-push-words>{words.on}</span>
        </Button>
        <p class="status" role="status" data-push-status />
      </form>
    </Split>
  );
}
