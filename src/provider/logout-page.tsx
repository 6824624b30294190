import type { KoaContextWithOIDC } from 'oidc-provider';
import { Actions } from '../web/actions.js';
import { Button } from '../web/button.js';
import { formTarget } from '../web/content-security-policy.js';
import { Page } from '../web/page.js';
import { type Site, siteFor } from '../web/site.js';
import { clientName } from './asker.js';
import { showPage } from './show-page.js';

interface LogoutPageProps {
  readonly site: Site;
  readonly appName: string | undefined;
  readonly action: string;
  readonly xsrf: string;
}

/** Two plain forms: nobody is signed out by a script, nor by a link that somebody else made. */
export function LogoutPage({ site, appName, action, xsrf }: LogoutPageProps) {
  const { leaving } = site.words;
  return (
    <Page site={site} title={leaving.signOutTitle} foot={false}>
      <h1>
        {leaving.signOut} <span class="quiet">{leaving.comeBack}</span>
      </h1>
      {appName !== undefined && <p class="lede">{leaving.appAsks(<b>{appName}</b>, site.brand)}</p>}
      <Actions pair>
        <form method="post" action={action}>
          <input type="hidden" name="xsrf" value={xsrf} />
          <input type="hidden" name="logout" value="yes" />
          <Button kind="go" type="submit">
            {leaving.signOutTitle}
          </Button>
        </form>
        <form method="post" action={action}>
          <input type="hidden" name="xsrf" value={xsrf} />
          <Button type="submit">{leaving.stay}</Button>
        </form>
      </Actions>
    </Page>
  );
}

/** For oidc-provider's `logoutSource`: `form` holds where to post and the session's token, and no way to leave them out. */
export function logoutSource(site: Site) {
  return (ctx: KoaContextWithOIDC, form: string): void => {
    const { client, params } = ctx.oidc;
    const returnTo = params?.['post_logout_redirect_uri'];
    const page = LogoutPage({
      site: siteFor(site, ctx.headers, params?.['ui_locales']),
      appName: client && clientName(client),
      action: attribute(form, /action="([^"]+)"/),
      xsrf: attribute(form, /name="xsrf" value="([^"]+)"/),
    });
    showPage(ctx, page, [typeof returnTo === 'string' ? formTarget(returnTo) : undefined]);
  };
}

function attribute(form: string, pattern: RegExp): string {
  const value = pattern.exec(form)?.[1];
  if (value === undefined) throw new Error('oidc-provider’s logout form has changed');
  return value;
}
