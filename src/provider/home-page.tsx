import { CheckIcon } from '../web/icons.js';
import { MarkedList } from '../web/list.js';
import { Page } from '../web/page.js';
import type { Site } from '../web/site.js';

/** The signed-out front page: what this is, and that one signs in from an app. */
export function HomePage({ site }: { site: Site }) {
  const { home } = site.words;
  return (
    <Page site={site} title={home.title}>
      <h1>
        {home.heading} <span class="quiet">{home.begin}</span>
      </h1>
      <p class="lede">{home.lede}</p>
      <section class="section stack">
        <h2>{home.relyOn}</h2>
        <MarkedList icon={CheckIcon} items={home.promises} />
      </section>
      <p class="section">
        <a href="/account">{home.account}</a>
      </p>
      <p class="section small quiet">
        {home.developers((text) => (
          <a href="/.well-known/openid-configuration">{text}</a>
        ))}
      </p>
    </Page>
  );
}
