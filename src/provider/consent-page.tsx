import { Actions } from '../web/actions.js';
import { Button } from '../web/button.js';
import { CheckIcon, CrossIcon } from '../web/icons.js';
import { MarkedList } from '../web/list.js';
import { Page } from '../web/page.js';
import type { Site } from '../web/site.js';
import type { Asker } from './asker.js';

export interface ConsentPageProps {
  readonly site: Site;
  readonly asker: Asker;
  readonly abilities: readonly string[];
  readonly limits: readonly string[];
  readonly base: string;
  readonly csrf: string;
}

/** Deny is as large as allow, and nothing is chosen beforehand. */
export function ConsentPage({ site, asker, abilities, limits, base, csrf }: ConsentPageProps) {
  const { consent } = site.words;
  const title = consent.title(asker.name);
  return (
    <Page site={site} title={title} foot={false}>
      <div class="asker">
        <h1 class="clamp" title={asker.name}>
          {title}
        </h1>
        <p class="lede quiet">{asker.place}</p>
      </div>
      <section class="stack section">
        <h2>{consent.able}</h2>
        <MarkedList icon={CheckIcon} items={abilities} />
        <h2>{consent.neverAble}</h2>
        <MarkedList icon={CrossIcon} items={limits} />
      </section>
      <Actions pair action={base}>
        <input type="hidden" name="csrf" value={csrf} />
        <input type="hidden" name="decision" value="allow" />
        <p class="small quiet">{consent.either(<b class="ink">{asker.back}</b>)}</p>
        <Button kind="go" type="submit">
          {consent.allow}
        </Button>
        <Button type="submit" formAction={`${base}/deny`}>
          {consent.deny}
        </Button>
      </Actions>
    </Page>
  );
}
