import { Actions } from './actions.js';
import { Button } from './button.js';
import { type Fact, Facts } from './facts.js';
import { Steps } from './list.js';
import { Page } from './page.js';
import type { Site } from './site.js';

export interface ErrorPageProps {
  readonly site: Site;
  /** What happened: in ink. */
  readonly heading: string;
  /** What that means for the person: quiet. */
  readonly consequence: string;
  readonly lede: string;
  /** Shown above request id and time. */
  readonly facts?: readonly Fact[];
  readonly requestId: string;
  readonly at: Date;
  readonly steps: readonly string[];
  /** The whole reason; shown on a loopback issuer only (law 8). */
  readonly detail?: string | undefined;
}

export function ErrorPage(props: ErrorPageProps) {
  const { site, heading, consequence, detail, requestId } = props;
  const facts: Fact[] = [
    ...(props.facts ?? []),
    { label: 'Request id', value: <span class="mono">{requestId}</span> },
    { label: 'When', value: <time dateTime={props.at.toISOString()}>{whenOf(props.at)}</time> },
  ];
  if (site.loopback && detail !== undefined) facts.push({ label: 'Reason', value: detail });
  return (
    <Page site={site} title={heading.replace(/\.$/, '')} scripts={['copy.js']} foot={false}>
      <h1>
        {heading} <span class="quiet">{consequence}</span>
      </h1>
      <p class="lede">{props.lede}</p>
      <Facts facts={facts} />
      <section class="section">
        <h2>What to do next</h2>
        <Steps items={props.steps} />
      </section>
      <Actions hidden>
        <Button type="button" data-copy={requestId}>
          Copy the request id
        </Button>
      </Actions>
    </Page>
  );
}

const when = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
});

function whenOf(at: Date): string {
  return `${when.format(at).replace(' at ', ', ')} UTC`;
}
