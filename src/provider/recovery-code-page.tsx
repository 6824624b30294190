import { spanIn } from '../lib/figures.js';
import { Button } from '../web/button.js';
import { CodeField } from '../web/code-field.js';
import { Page } from '../web/page.js';
import type { PageFrame } from './interaction-desk-routes.js';

const example = '7QK4-M2XD-91FA-HT3C';

export interface RecoveryCodePageProps extends PageFrame {
  /** What stays shut, and how long. */
  readonly models: string;
  readonly holdSeconds: number;
  readonly problem: 'refused' | 'wait' | undefined;
}

/** The second thing that she needs, and what using it does. */
export function RecoveryCodePage({ site, base, csrf, models, holdSeconds, problem }: RecoveryCodePageProps) {
  const { recovery } = site.words;
  const { code } = recovery;
  return (
    <Page site={site} title={code.title}>
      <div>
        <h1>{code.title}</h1>
        <p class="lede quiet">{code.lede}</p>
      </div>
      <form class="apart stack" method="post" action={`${base}/recovery/recovery-code`}>
        <CodeField
          name="recovery_code"
          label={code.label}
          letters
          maxLength={64}
          hint={code.hint(example)}
          problem={problem && code[problem]}
        />
        <p class="apart">
          {code.consequence(models, spanIn(site.locale, Math.ceil(holdSeconds / 3600) * 3600))}
        </p>
        <Button kind="go" type="submit">
          {code.submit}
        </Button>
        <input type="hidden" name="csrf" value={csrf} />
      </form>
      <p class="section">
        <a href={`${base}/recovery/without-codes`}>{recovery.noCodes}</a>
      </p>
    </Page>
  );
}
