import { NoScript } from '../web/no-script.js';
import { Page } from '../web/page.js';
import type { PageFrame } from './interaction-desk-routes.js';
import { PasskeyButton } from './passkey-button-page.js';

/** The one step that needs a script. */
export function SignUpPasskeyPage(props: PageFrame & { readonly displayName: string }) {
  const { site, base, csrf, displayName } = props;
  const { passkey } = site.words.signUp;
  return (
    <Page site={site} title={passkey.title} scripts={['passkey.js']}>
      <div>
        <h1>{passkey.title}</h1>
        <p class="lede quiet">
          <span class="clamp">{passkey.greeting(<b class="ink">{displayName}</b>)}</span>
        </p>
      </div>
      <PasskeyButton site={site} base={base} csrf={csrf} ceremony="sign-up" label={passkey.create} />
      <NoScript site={site} />
      <p class="section quiet small">{passkey.about}</p>
      <p class="section">
        <a href={`${base}/sign-up`}>{passkey.startAgain}</a>
      </p>
    </Page>
  );
}
