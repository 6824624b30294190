import { ButtonLink } from '../web/button.js';
import { Page } from '../web/page.js';
import type { Site } from '../web/site.js';

/** What became of a request. */
export type Ending =
  | 'approved'
  | 'approvedSignedIn'
  | 'denied'
  | 'notMe'
  | 'notMeStranger'
  | 'wrongNumbers'
  | 'tooWeak'
  | 'expired'
  | 'answeredApproved'
  | 'answeredDenied';

interface EndingProps {
  readonly site: Site;
  readonly ending: Ending;
  readonly clientName: string;
}

export function BackchannelEndPage({ site, ending, clientName }: EndingProps) {
  const { title, consequence, lede, wayOn } = sentencesOf(site, ending, clientName);
  return (
    <Page site={site} title={title.replace(/[.。]$/, '')}>
      <h1>
        {title} <span class="quiet">{consequence}</span>
      </h1>
      {lede !== undefined && <p class="lede">{lede}</p>}
      {wayOn && (
        <div class="actions">
          <ButtonLink href="/account">{wayOn}</ButtonLink>
        </div>
      )}
    </Page>
  );
}

function sentencesOf({ words: { approve } }: Site, ending: Ending, clientName: string) {
  const app = <b>{clientName}</b>;
  const { approved, denied, notMeDone, notMeStranger, wrongNumbers, tooWeak, expired, answered } = approve;
  switch (ending) {
    case 'approved':
      return { ...approved, lede: approved.lede(app), wayOn: undefined };
    case 'approvedSignedIn':
      return { ...approved, lede: approved.ledeSignedIn(app), wayOn: approved.account };
    case 'denied':
      return { ...denied, lede: denied.lede(app), wayOn: undefined };
    case 'notMe':
      return { ...notMeDone, lede: notMeDone.lede(app), wayOn: notMeDone.account };
    case 'notMeStranger':
      return { ...notMeDone, lede: notMeStranger.lede(app), wayOn: notMeStranger.signIn };
    case 'wrongNumbers':
      return { ...wrongNumbers, wayOn: undefined };
    case 'tooWeak':
      return { ...tooWeak, lede: tooWeak.lede(app), wayOn: undefined };
    case 'expired':
      return { ...expired, wayOn: undefined };
    case 'answeredApproved':
      return { title: answered.title, consequence: answered.approved, lede: undefined, wayOn: undefined };
    case 'answeredDenied':
      return { title: answered.title, consequence: answered.denied, lede: undefined, wayOn: undefined };
  }
}
