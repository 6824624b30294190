import type { ComponentChildren } from 'preact';
import { currency } from '../lib/money.js';
import type { ApprovalSubject } from '../stepup/approval.js';
import type { ModelCallRequest } from '../stepup/model-call.js';
import { Ago } from '../web/ago.js';
import { type Fact, Facts } from '../web/facts.js';
import { Moment } from '../web/moment.js';
import type { Site } from '../web/site.js';
import { browserName, placeName } from '../web/where.js';

/** What an approval page says of one request: exactly what is signed. */
export interface ApprovalFactsProps {
  readonly site: Site;
  readonly subject: ApprovalSubject;
  /** The title of the models' tier. */
  readonly tier: string;
  /** Seconds since the epoch. */
  readonly askedAt: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Where the client is at home, which its name can't say (threat 39); undefined: it says of no host that it is. */
  readonly place: string | undefined;
  /** Besides, as the page at hand needs it. */
  readonly more?: readonly Fact[];
}

/** `Up to $2.00 on Frontier`, and who asks. Stays in sight. */
export function ApprovalHeading({
  site,
  subject,
  tier,
  place,
}: Pick<ApprovalFactsProps, 'site' | 'subject' | 'tier' | 'place'>) {
  const { approval, approve } = site.words;
  const { modelCall } = subject;
  return (
    <div class="asker payee">
      <h1>
        {modelCall
          ? approval.heading(<span class="money">{amountOf(site, modelCall)}</span>, tier)
          : approve.signIn}
      </h1>
      <p class="lede">
        <span class="clamp">
          {approval.askedBy(
            <b class="ink" title={subject.clientName}>
              {subject.clientName}
            </b>,
          )}
        </span>
      </p>
      {place !== undefined && <p class="small quiet">{place}</p>}
    </div>
  );
}

export function ApprovalFacts(props: Omit<ApprovalFactsProps, 'place'>) {
  const { site, subject, tier, askedAt, now, more = [] } = props;
  const { approval } = site.words;
  const { modelCall } = subject;
  const from = <From site={site} subject={subject} askedAt={askedAt} now={now} />;
  const facts: Fact[] = [
    { label: approval.from, value: from },
    ...(modelCall ? callFacts({ site, subject, tier }, modelCall) : []),
    ...more,
  ];
  return <Facts facts={facts} />;
}

function callFacts(
  { site, subject, tier }: Pick<ApprovalFactsProps, 'site' | 'subject' | 'tier'>,
  { models, count, purpose }: ModelCallRequest,
): Fact[] {
  const { approval } = site.words;
  return [
    { label: approval.ends, value: <Moment site={site} at={new Date(subject.expiresAt * 1000)} near /> },
    { label: approval.models, value: models ? models.join(', ') : approval.everyModel(tier) },
    ...(count === undefined ? [] : [{ label: approval.calls, value: approval.upToCalls(count) }]),
    ...(purpose === undefined ? [] : [{ label: approval.purpose, value: quoted(site, purpose) }]),
  ];
}

function amountOf(site: Site, { spendLimit }: ModelCallRequest): string {
  const { approval } = site.words;
  return spendLimit === undefined ? approval.noLimit : approval.upTo(dollars(site, spendLimit));
}

/** Words that the asker supplied: said to be its own, and set apart whichever way they are read. */
export function quoted({ words }: Site, text: string): ComponentChildren {
  return words.approval.itSays(<bdi>{text}</bdi>);
}

function From({ site, subject, askedAt, now }: Omit<ApprovalFactsProps, 'tier' | 'more' | 'place'>) {
  const { place, browser } = subject.asked;
  // On another screen it is seldom a browser that asks.
  const what = browser === undefined ? site.words.approval.program : browserName(browser, site.words);
  const when = <Ago site={site} at={new Date(askedAt * 1000)} now={now} />;
  const { fromWhere, fromWhat } = site.words.approval;
  return place === undefined
    ? fromWhat(what, when)
    : fromWhere(what, placeName(place, site.locale, site.words), when);
}

export function dollars({ locale }: Site, amount: number): string {
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    maximumFractionDigits: 6,
  });
  return format.format(amount / 1_000_000);
}
