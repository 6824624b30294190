import { ButtonLink } from '../web/button.js';
import { Page } from '../web/page.js';
import type { Site } from '../web/site.js';

export interface DoorwayWords {
  readonly title: string;
  readonly heading: string;
  readonly consequence: string;
  readonly open: string;
}

interface Props {
  readonly site: Site;
  readonly words: DoorwayWords;
  /** Where it leads. */
  readonly target: string;
}

/** Shown to whoever comes from another site; the browser goes on from it by itself, as a request of our own. */
export function DoorwayPage({ site, words, target }: Props) {
  return (
    <Page site={site} title={words.title}>
      <h1>
        {words.heading} <span class="quiet">{words.consequence}</span>
      </h1>
      <p class="apart">
        <ButtonLink kind="go" href={target}>
          {words.open}
        </ButtonLink>
      </p>
    </Page>
  );
}
