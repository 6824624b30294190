import { Address } from '../web/address.js';
import { Button } from '../web/button.js';
import { CodeField } from '../web/code-field.js';
import { Notice } from '../web/notice.js';
import { Page } from '../web/page.js';
import type { Words } from '../web/words/words.js';
import type { PageFrame } from './interaction-desk-routes.js';

/** What was done on the page just now. */
export type MailCodeSaid = keyof Words['mailCode']['said'];

export interface MailCodePageProps extends PageFrame {
  /** Path of the step that the address was typed in; its forms post beneath it. */
  readonly step: string;
  readonly email: string;
  readonly minutes: number;
  /** False where it must not be said whether a code was sent (law 6). */
  readonly certain: boolean;
  readonly said: MailCodeSaid | undefined;
}

/** Asks for the code that was mailed. */
export function MailCodePage({ site, csrf, step, email, minutes, certain, said }: MailCodePageProps) {
  const { mailCode, common } = site.words;
  const address = (
    <b class="ink">
      <Address of={email} />
    </b>
  );
  const isNews = said === 'sent';
  return (
    <Page site={site} title={mailCode.title}>
      <div>
        <h1>{mailCode.title}</h1>
        <p class="lede quiet">
          {certain ? mailCode.sent(address, minutes) : mailCode.sentIfKnown(address, minutes)}
        </p>
      </div>
      {isNews && (
        <div class="section">
          <Notice kind="done">{mailCode.said.sent}</Notice>
        </div>
      )}
      <form class="apart stack" method="post" action={`${step}/code`}>
        <CodeField
          name="code"
          label={mailCode.label}
          maxLength={64}
          hint={mailCode.hint}
          problem={said === undefined || isNews ? undefined : mailCode.said[said]}
        />
        <div class="apart">
          <Button kind="go" type="submit">
            {common.continue}
          </Button>
        </div>
        <input type="hidden" name="csrf" value={csrf} />
      </form>
      <form class="section" method="post" action={`${step}/code/again`}>
        <Button kind="bare" type="submit">
          {mailCode.again}
        </Button>
        <input type="hidden" name="csrf" value={csrf} />
      </form>
      <p>
        <a href={step}>{mailCode.change}</a>
      </p>
    </Page>
  );
}

/** What the address says that was done; nothing for whatever else stands there. */
export function mailCodeSaid(said: unknown, { mailCode }: Words): MailCodeSaid | undefined {
  const names = Object.keys(mailCode.said) as MailCodeSaid[];
  return names.find((name) => name === said);
}
