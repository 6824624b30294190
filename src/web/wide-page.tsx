import type { ComponentChildren } from 'preact';
import { Brand } from './brand.js';
import { Document, type DocumentProps } from './document.js';
import { Foot } from './foot.js';

export interface WidePageProps extends DocumentProps {
  /** At the right of the bar: who is signed in, and the way out. */
  readonly bar?: ComponentChildren;
  /** Where the brand leads. */
  readonly home?: string;
}

/** A page of many sections, 960 px wide: the account and what comes after it. */
export function WidePage({ bar, home = '/', children, ...document }: WidePageProps) {
  const { site } = document;
  return (
    <Document {...document} layout="console">
      <header class="wide bar">
        <Brand site={site} href={home} />
        {bar !== undefined && <div class="bar-end">{bar}</div>}
      </header>
      <main class="wide">{children}</main>
      <Foot site={site} width="wide" />
    </Document>
  );
}
