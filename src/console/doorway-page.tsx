import { ButtonLink } from '../web/button.js';
import { Page } from '../web/page.js';
import type { Site } from '../web/site.js';

/** Shown to whoever comes from another site, the same to all; the browser goes on from it by itself. */
export function DoorwayPage({ site, target }: { site: Site; target: string }) {
  const { doorway } = site.words.account;
  return (
    <Page site={site} title={doorway.title}>
      <h1>
        {doorway.heading} <span class="quiet">{doorway.consequence}</span>
      </h1>
      <p class="apart">
        <ButtonLink kind="go" href={target}>
          {doorway.open}
        </ButtonLink>
      </p>
    </Page>
  );
}
