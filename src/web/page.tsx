import { Brand } from './brand.js';
import { Document, type DocumentProps } from './document.js';
import { Foot } from './foot.js';

export interface PageProps extends DocumentProps {
  /** False where answers stand at the foot. */
  readonly foot?: boolean;
}

/** The sheet: one column, one decision, and at its foot where the person is. */
export function Page({ foot = true, children, ...document }: PageProps) {
  const { site } = document;
  return (
    <Document {...document} layout="sheet">
      <header class="column">
        <Brand site={site} />
      </header>
      <main class="column">{children}</main>
      {foot && <Foot site={site} width="column" />}
    </Document>
  );
}
