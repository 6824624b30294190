import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';

/** A page as the bytes of a response. Preact escapes every text and attribute. */
export function renderPage(page: VNode): string {
  return `<!doctype html>${renderToString(page)}`;
}
