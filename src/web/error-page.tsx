import { Actions } from './actions.js';
import { Button, ButtonLink } from './button.js';
import { type Fact, Facts } from './facts.js';
import { Steps } from './list.js';
import { Moment } from './moment.js';
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
  /** Where the person can go on. */
  readonly wayOn?: { readonly href: string; readonly words: string } | undefined;
  /** The whole reason; shown on a loopback issuer only (law 8). */
  readonly detail?: string | undefined;
}

export function ErrorPage(props: ErrorPageProps) {
  const { site, heading, consequence, detail, requestId } = props;
  const { common, errorPage } = site.words;
  const facts: Fact[] = [
    ...(props.facts ?? []),
    { label: errorPage.requestId, value: <span class="mono">{requestId}</span> },
    { label: errorPage.when, value: <Moment site={site} at={props.at} /> },
  ];
  if (site.loopback && detail !== undefined) facts.push({ label: errorPage.reason, value: detail });
  return (
    <Page site={site} title={heading.replace(/[.。]$/, '')} scripts={['copy.js']} foot={false}>
      <h1>
        {heading} <span class="quiet">{consequence}</span>
      </h1>
      <p class="lede">{props.lede}</p>
      <Facts facts={facts} />
      <section class="section">
        <h2>{errorPage.next}</h2>
        <Steps items={props.steps} />
      </section>
      {site.look.support !== undefined && (
        <p class="section small quiet">
          {errorPage.support(<a href={site.look.support.href}>{site.look.support.label}</a>)}
        </p>
      )}
      {props.wayOn ? (
        <Actions>
          <ButtonLink href={props.wayOn.href}>{props.wayOn.words}</ButtonLink>
        </Actions>
      ) : (
        <Actions script>
          <Button
            type="button"
            data-copy={requestId}
            data-copied={common.copied}
            data-copy-forbidden={common.copyForbidden}
          >
            {common.copyRequestId}
          </Button>
        </Actions>
      )}
    </Page>
  );
}
