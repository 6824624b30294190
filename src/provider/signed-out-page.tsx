import type { KoaContextWithOIDC } from 'oidc-provider';
import { Page } from '../web/page.js';
import type { Site } from '../web/site.js';
import { showPage } from './show-page.js';

interface SignedOutPageProps {
  readonly site: Site;
  /** Present when she left only this app and is still signed in here. */
  readonly appName: string | undefined;
}

export function SignedOutPage({ site, appName }: SignedOutPageProps) {
  return (
    <Page site={site} title="Signed out">
      <h1>
        You are signed out.{' '}
        <span class="quiet">{appName === undefined ? 'You can close this page.' : `Of ${appName}.`}</span>
      </h1>
      <p class="lede">
        {appName === undefined
          ? 'Apps that you signed in to from this browser will ask you again.'
          : `You are still signed in to ${site.brand} in this browser.`}
      </p>
    </Page>
  );
}

/** For oidc-provider's `postLogoutSuccessSource`. */
export function postLogoutSuccessSource(site: Site) {
  return (ctx: KoaContextWithOIDC): void => {
    const { client } = ctx.oidc;
    showPage(ctx, SignedOutPage({ site, appName: client && (client.clientName ?? client.clientId) }));
  };
}
