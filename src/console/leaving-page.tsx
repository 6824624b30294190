import { ButtonLink } from '../web/button.js';
import { CrossIcon } from '../web/icons.js';
import { MarkedList } from '../web/list.js';
import { Page } from '../web/page.js';
import type { Site } from '../web/site.js';
import type { ConfirmAbility } from './confirm-ability.js';
import { ConfirmForm } from './confirm-form-page.js';
import { ChangePage, type ConsoleContext } from './console-page.js';

interface Props {
  readonly context: ConsoleContext;
  readonly ability: ConfirmAbility;
}

export function ExportPage({ context, ability }: Props) {
  const words = context.site.words.account.exporting;
  return (
    <ChangePage context={context} title={words.title} scripts={['account.js']}>
      <h1>
        {context.site.words.common.sentence(words.title)} <span class="quiet">{words.consequence}</span>
      </h1>
      <p class="lede">{words.lede}</p>
      <ConfirmForm
        context={context}
        ability={ability}
        path="/account/export"
        action="export_data"
        words={words.download}
      />
    </ChangePage>
  );
}

export function DeletePage({ context, ability }: Props) {
  const words = context.site.words.account.deleting;
  return (
    <ChangePage context={context} title={words.title} scripts={['account.js']} back={false}>
      <h1>
        {context.site.words.common.sentence(words.title)} <span class="quiet">{words.consequence}</span>
      </h1>
      <section class="section stack">
        <h2>{words.lost}</h2>
        <MarkedList icon={CrossIcon} items={words.losses} />
      </section>
      <ConfirmForm
        context={context}
        ability={ability}
        path="/account/delete"
        action="delete_account"
        kind="plain"
        words={words.delete}
      />
      <p class="section">
        <ButtonLink href="/account">{words.keep}</ButtonLink>
      </p>
    </ChangePage>
  );
}

/** After `lock everything`, when there is no session any more. */
export function LockedPage({ site }: { site: Site }) {
  const { locking } = site.words.account;
  return (
    <Page site={site} title={locking.lockedTitle.replace(/[.。]$/, '')}>
      <h1>
        {locking.lockedTitle} <span class="quiet">{locking.lockedConsequence}</span>
      </h1>
      <p class="lede">{locking.lockedLede}</p>
      <p class="apart">
        <ButtonLink kind="go" href="/account">
          {locking.signIn}
        </ButtonLink>
      </p>
    </Page>
  );
}

export function GonePage({ site }: { site: Site }) {
  const { gone } = site.words.account;
  return (
    <Page site={site} title={gone.title.replace(/[.。]$/, '')}>
      <h1>
        {gone.title} <span class="quiet">{gone.consequence}</span>
      </h1>
      <p class="lede">{gone.lede}</p>
    </Page>
  );
}
