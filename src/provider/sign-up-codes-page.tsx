import { Button } from '../web/button.js';
import { Page } from '../web/page.js';
import { RecoveryCodes, recoveryCodesScripts } from '../web/recovery-codes.js';
import type { Site } from '../web/site.js';
import type { PageFrame } from './interaction-desk-routes.js';

/** The recovery codes, until she says that she keeps them; undefined: she has said so. */
export function SignUpCodesPage(props: PageFrame & { readonly codes: readonly string[] | undefined }) {
  const { site, base, csrf, codes } = props;
  const { codes: words } = site.words.signUp;
  return (
    <Page site={site} title={words.title} scripts={recoveryCodesScripts}>
      {codes === undefined ? (
        <div>
          <h1>{words.gone}</h1>
          <p class="lede quiet">{words.goneHint}</p>
        </div>
      ) : (
        <ShownCodes site={site} codes={codes} />
      )}
      <form class="apart stack" method="post" action={`${base}/sign-up/recovery-codes`}>
        <Button kind="go" type="submit" name="codes" value="kept">
          {codes === undefined ? site.words.common.continue : words.kept}
        </Button>
        {codes !== undefined && (
          <Button type="submit" name="codes" value="later">
            {words.later}
          </Button>
        )}
        {codes !== undefined && <p class="small quiet">{words.laterHint}</p>}
        <input type="hidden" name="csrf" value={csrf} />
      </form>
    </Page>
  );
}

function ShownCodes({ site, codes }: { site: Site; codes: readonly string[] }) {
  const { codes: words } = site.words.signUp;
  return (
    <>
      <h1>
        {words.title} <span class="quiet">{words.consequence}</span>
      </h1>
      <p class="lede">{words.lede}</p>
      <RecoveryCodes site={site} codes={codes} />
    </>
  );
}
