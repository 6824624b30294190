import { Actions } from '../web/actions.js';
import { ButtonLink } from '../web/button.js';
import { Page } from '../web/page.js';
import type { Site } from '../web/site.js';

interface Props {
  readonly site: Site;
  readonly provider: { readonly name: string };
  /** Where the person signs in, with our question. */
  readonly url: string;
}

/** Stands for a moment only: the answer's Refresh header goes on by itself. */
export function UpstreamLeavingPage({ site, provider, url }: Props) {
  const { upstream } = site.words;
  return (
    <Page site={site} title={upstream.leavingTitle(provider.name)}>
      <h1>{upstream.leavingTitle(provider.name)}</h1>
      <p class="lede">{upstream.leaving(<b>{new URL(url).host}</b>)}</p>
      <Actions>
        <ButtonLink href={url}>{upstream.goOn(provider.name)}</ButtonLink>
      </Actions>
    </Page>
  );
}
