import type { ComponentChildren } from 'preact';
import type { Account } from '../accounts/account.js';
import { Notice } from '../web/notice.js';
import { Page } from '../web/page.js';
import type { Site } from '../web/site.js';
import { WidePage } from '../web/wide-page.js';
import type { Status } from './status-message-routes.js';

/** What every page of the account knows. */
export interface ConsoleContext {
  readonly site: Site;
  readonly account: Account;
  readonly csrf: string;
  readonly status: Status | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

interface Props {
  readonly context: ConsoleContext;
  readonly title: string;
  readonly scripts?: readonly string[];
  /** False where an answer of the page leads back. */
  readonly back?: boolean;
  readonly children: ComponentChildren;
}

/** The account with all its sections. */
export function ConsolePage({ context, title, children, ...document }: Omit<Props, 'back'>) {
  const { site, account, status } = context;
  return (
    <WidePage
      site={site}
      title={title}
      home="/account"
      bar={
        <>
          <span>{account.email ?? account.login ?? account.displayName}</span>
          <a href="/logout">{site.words.account.signOut}</a>
        </>
      }
      {...document}
    >
      <StatusNotice site={site} status={status} />
      {children}
    </WidePage>
  );
}

/** One change: the sheet, with the way back. */
export function ChangePage({ context, title, back = true, children, ...document }: Props) {
  const { site, status } = context;
  return (
    <Page site={site} title={title} {...document}>
      <StatusNotice site={site} status={status} />
      {children}
      {back && (
        <p class="section">
          <a href="/account">{site.words.account.backToAccount}</a>
        </p>
      )}
    </Page>
  );
}

function StatusNotice({ site, status }: Pick<ConsoleContext, 'site' | 'status'>) {
  if (!status) return null;
  const { done, problems } = site.words.account;
  const known: Readonly<Record<string, string>> = status.kind === 'done' ? done : problems;
  return <Notice kind={status.kind}>{known[status.code] ?? problems.otherwise}</Notice>;
}

export function CsrfField({ csrf }: { csrf: string }) {
  return <input type="hidden" name="csrf" value={csrf} />;
}
