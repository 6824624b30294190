import type { KoaContextWithOIDC } from 'oidc-provider';
import { Page } from '../web/page.js';
import { type Site, siteFor } from '../web/site.js';
import { clientName } from './asker.js';
import { showPage } from './show-page.js';

interface SignedOutPageProps {
  readonly site: Site;
  /** Present when she left only this app and is still signed in here. */
  readonly appName: string | undefined;
}

export function SignedOutPage({ site, appName }: SignedOutPageProps) {
  const { leaving } = site.words;
  return (
    <Page site={site} title={leaving.signedOutTitle}>
      <h1>
        {leaving.signedOut}{' '}
        <span class="quiet">{appName === undefined ? leaving.canClose : leaving.ofApp(appName)}</span>
      </h1>
      <p class="lede">{appName === undefined ? leaving.asksAgain : leaving.stillSignedIn(site.brand)}</p>
    </Page>
  );
}

/** For oidc-provider's `postLogoutSuccessSource`. */
export function postLogoutSuccessSource(site: Site) {
  return (ctx: KoaContextWithOIDC): void => {
    const { client } = ctx.oidc;
    const appName = client && clientName(client);
    showPage(ctx, SignedOutPage({ site: siteFor(site, ctx.headers), appName }));
  };
}
