import type { AccountEvent } from '../accounts/account-event.js';
import { Ago } from '../web/ago.js';
import { Empty, Row, Rows } from '../web/rows.js';
import { browserName, placeName } from '../web/where.js';
import { Split } from '../web/split.js';
import { type ConsoleContext, ConsolePage } from './console-page.js';
import { dotted } from './dotted-page.js';

interface Props {
  readonly context: ConsoleContext;
  readonly events: readonly AccountEvent[];
}

export function ActivityPage({ context, events }: Props) {
  const { account } = context.site.words;
  return (
    <ConsolePage context={context} title={account.activity.title}>
      <h1>
        {account.activity.title} <span class="quiet">{account.activity.kept}</span>
      </h1>
      <Split id="activity" heading={account.activity.heading}>
        <EventRows context={context} events={events} />
        <p class="section">
          <a href="/account">{account.backToAccount}</a>
        </p>
      </Split>
    </ConsolePage>
  );
}

/** What happened, in plain words, newest first. */
export function EventRows({ context, events }: Props) {
  const { site, now } = context;
  const words = site.words.account.activity;
  if (events.length === 0) return <Empty>{words.none}</Empty>;
  return (
    <Rows>
      {events.map(({ id, kind, at, place, browser, detail }) => (
        <Row
          key={id}
          title={words.kinds[kind](detail as Readonly<Record<string, string>>)}
          note={dotted([
            <Ago key="at" site={site} at={at} now={now} />,
            place !== undefined && placeName(place, site.locale, site.words),
            browser !== undefined && browserName(browser, site.words),
          ])}
        />
      ))}
    </Rows>
  );
}
