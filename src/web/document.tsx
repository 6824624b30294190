import type { ComponentChildren } from 'preact';
import type { Site } from './site.js';

export interface DocumentProps {
  readonly site: Site;
  /** The page's own words; the brand follows. */
  readonly title: string;
  /** Plain names of the islands it needs. */
  readonly scripts?: readonly string[];
  readonly children: ComponentChildren;
}

/** What every page has around its body. */
export function Document({
  site,
  title,
  scripts = [],
  layout,
  children,
}: DocumentProps & { readonly layout: string }) {
  return (
    <html lang={site.locale}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>{`${title} · ${site.brand}`}</title>
        <link rel="icon" href={site.look.icon} />
        <link rel="stylesheet" href={site.assets.url('holdfast.css')} />
        {site.look.sheet !== undefined && <link rel="stylesheet" href={site.look.sheet} />}
        <script type="module" src={site.assets.url('moments.js')} {...beforeFirstPaint} />
        {scripts.map((name) => (
          <script key={name} type="module" src={site.assets.url(name)} />
        ))}
      </head>
      <body class={layout}>{children}</body>
    </html>
  );
}

/** Its words take the place of longer ones: shown once only, nothing moves. */
const beforeFirstPaint = { blocking: 'render' };
