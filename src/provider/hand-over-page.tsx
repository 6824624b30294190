import { Button } from '../web/button.js';
import { Page } from '../web/page.js';
import type { Site } from '../web/site.js';

export interface HandOver {
  readonly action: string;
  /** Names and values of the hidden fields. */
  readonly fields: readonly (readonly [string, string])[];
}

/** Sends a form on to where oidc-provider wants it: by a script of ours, or by the person herself. */
export function HandOverPage({ site, action, fields }: HandOver & { readonly site: Site }) {
  const { common, leaving } = site.words;
  return (
    <Page site={site} title={leaving.moment} scripts={['hand-over.js']}>
      <h1>
        {site.words.common.sentence(leaving.moment)} <span class="quiet">{leaving.onYourWay}</span>
      </h1>
      <form class="apart" method="post" action={action} data-hand-over>
        {fields.map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <Button kind="go" type="submit">
          {common.continue}
        </Button>
      </form>
    </Page>
  );
}

const stockPage = /^<!DOCTYPE html>[\s\S]*<title>Submitting Callback<\/title>/;

/** The form of oidc-provider's own self-submitting page, whose script is inline; undefined for any other body. */
export function stockHandOver(body: unknown): HandOver | undefined {
  if (typeof body !== 'string' || !stockPage.test(body)) return undefined;
  const action = /<form method="post" action="([^"]*)">/.exec(body)?.[1];
  if (action === undefined) throw new Error('oidc-provider’s self-submitting page has changed');
  const inputs = body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"\/>/g);
  return {
    action: unescaped(action),
    fields: [...inputs].map(([, name = '', value = '']) => [name, unescaped(value)] as const),
  };
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  '#x27': "'",
};

function unescaped(text: string): string {
  return text.replace(/&(#?\w+);/g, (entity, name: string) => entities[name] ?? entity);
}
