import { ButtonLink } from '../web/button.js';
import { Page } from '../web/page.js';
import { RecoveryCodes, recoveryCodesScripts } from '../web/recovery-codes.js';
import type { Site } from '../web/site.js';
import type { ConfirmAbility } from './confirm-ability.js';
import { ConfirmForm } from './confirm-form-page.js';
import { ChangePage, type ConsoleContext } from './console-page.js';

export function NewCodesPage({ context, ability }: { context: ConsoleContext; ability: ConfirmAbility }) {
  const { codes } = context.site.words.account;
  return (
    <ChangePage context={context} title={codes.title} scripts={['account.js']}>
      <h1>
        {context.site.words.common.sentence(codes.title)} <span class="quiet">{codes.consequence}</span>
      </h1>
      <p class="lede">{codes.lede}</p>
      <ConfirmForm
        context={context}
        ability={ability}
        path="/account/recovery-codes"
        action="replace_recovery_codes"
        words={codes.make}
      />
    </ChangePage>
  );
}

/** The only time that anybody sees them. */
export function CodesMadePage({ site, codes: made }: { site: Site; codes: readonly string[] }) {
  const { codes } = site.words.account;
  return (
    <Page site={site} title={codes.madeTitle} scripts={recoveryCodesScripts} foot={false}>
      <h1>
        {site.words.common.sentence(codes.madeTitle)} <span class="quiet">{codes.madeConsequence}</span>
      </h1>
      <p class="lede">{codes.madeLede}</p>
      <RecoveryCodes site={site} codes={made} />
      <div class="actions">
        <ButtonLink kind="go" href="/account">
          {codes.kept}
        </ButtonLink>
      </div>
    </Page>
  );
}
