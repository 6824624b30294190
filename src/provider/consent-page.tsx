import { Actions } from '../web/actions.js';
import { Button } from '../web/button.js';
import { CheckIcon, CrossIcon } from '../web/icons.js';
import { MarkedList } from '../web/list.js';
import { Notice } from '../web/notice.js';
import { Page } from '../web/page.js';
import type { Site } from '../web/site.js';
import type { Asker } from './asker.js';

export interface ConsentPageProps {
  readonly site: Site;
  readonly asker: Asker;
  /** Whose account it is. */
  readonly person: string | undefined;
  readonly abilities: readonly string[];
  readonly limits: readonly string[];
  /** Stays in sight beside who asks. */
  readonly spending: string | undefined;
  readonly base: string;
  readonly csrf: string;
}

/** Who asks and what it may spend never scroll away; deny is as large as allow, and nothing is chosen beforehand. */
export function ConsentPage(props: ConsentPageProps) {
  const { site, asker, person, spending, base, csrf } = props;
  const { consent } = site.words;
  const title = consent.title(asker.name);
  return (
    <Page site={site} title={title} foot={false}>
      <div class="asker">
        <h1 class="clamp" title={asker.name}>
          {title}
        </h1>
        <p class="lede quiet">{asker.place}</p>
        {spending !== undefined && <p>{spending}</p>}
      </div>
      {asker.onDevice && (
        <Notice kind="caution">
          <b>{consent.onDevice.heading}</b> {consent.onDevice.lede}
        </Notice>
      )}
      <section class="stack section">
        <h2>{consent.able}</h2>
        <MarkedList icon={CheckIcon} items={props.abilities} />
        <h2>{consent.neverAble}</h2>
        <MarkedList icon={CrossIcon} items={props.limits} />
      </section>
      <Actions pair action={base}>
        <input type="hidden" name="csrf" value={csrf} />
        <input type="hidden" name="decision" value="allow" />
        <p class="small quiet">
          {person !== undefined && <span class="line">{consent.you(<b class="ink">{person}</b>)}</span>}
          <span class="line">{consent.either(<b class="ink">{asker.back}</b>)}</span>
        </p>
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
