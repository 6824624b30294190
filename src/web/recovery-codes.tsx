import { Button } from './button.js';
import type { Site } from './site.js';

/** What a page with recovery codes needs. */
export const recoveryCodesScripts = ['copy.js', 'print.js'];

/** Codes to keep: to be copied, downloaded or printed; on paper there is nothing else. */
export function RecoveryCodes({ site, codes }: { site: Site; codes: readonly string[] }) {
  const { codes: words } = site.words.signUp;
  const text = [words.fileHeading(site.brand, site.host), '', ...codes, ''].join('\r\n');
  return (
    <div class="section">
      <ul class="codes">
        {codes.map((code) => (
          <li key={code} class="mono">
            {code}
          </li>
        ))}
      </ul>
      <div class="section keeping">
        <span class="needs-script">
          <Button
            small
            type="button"
            data-copy={text}
            data-copied={words.copied}
            data-copy-forbidden={words.copyForbidden}
          >
            {words.copy}
          </Button>
        </span>
        <a
          class="button button-small"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
          download={`${words.fileName}.txt`}
        >
          {words.download}
        </a>
        <span class="needs-script">
          <Button small type="button" data-print>
            {words.print}
          </Button>
        </span>
      </div>
    </div>
  );
}
