import { Button } from '../web/button.js';
import { Field } from '../web/field.js';
import { Steps } from '../web/list.js';
import { Page } from '../web/page.js';
import type { PageFrame } from './interaction-desk-routes.js';

/** The first page of a recovery: which account. */
export function RecoveryPage(props: PageFrame & { email: string; problem?: string | undefined }) {
  const { site, base, csrf, email, problem } = props;
  const { recovery } = site.words;
  return (
    <Page site={site} title={recovery.title}>
      <div>
        <h1>{recovery.title}</h1>
        <p class="lede quiet">{recovery.lede}</p>
      </div>
      <form class="apart stack" method="post" action={`${base}/recovery`}>
        <Field
          name="email"
          label={recovery.email}
          type="email"
          inputMode="email"
          autocomplete="email"
          autocapitalize="none"
          spellcheck={false}
          maxLength={254}
          value={email}
          problem={problem}
          required
        />
        <div class="apart">
          <Button kind="go" type="submit">
            {recovery.send}
          </Button>
        </div>
        <input type="hidden" name="csrf" value={csrf} />
      </form>
      <p class="section">
        <a href={`${base}/recovery/without-codes`}>{recovery.noCodes}</a>
      </p>
      <p class="section">
        <a href={base}>{recovery.tryPasskey}</a>
      </p>
    </Page>
  );
}

/** What is possible without recovery codes; more than that would let in whoever reads her mail. */
export function WithoutCodesPage({ site, base }: PageFrame) {
  const { recovery } = site.words;
  const { without } = recovery;
  return (
    <Page site={site} title={without.title}>
      <h1>
        {without.title} <span class="quiet">{without.consequence}</span>
      </h1>
      <p class="lede">{without.lede}</p>
      <div class="section">
        <Steps items={without.steps(site.brand)} />
      </div>
      <p class="section">
        <a href={`${base}/recovery`}>{without.haveCode}</a>
      </p>
      <p class="section">
        <a href={base}>{recovery.tryPasskey}</a>
      </p>
    </Page>
  );
}
