import type { Context } from 'koa';
import type { RenderErrorPage } from '../http/refusal-answer.js';
import type { Clock } from '../lib/clock.js';
import type { Refusal } from '../lib/refusal.js';
import { contentSecurityPolicy } from '../web/content-security-policy.js';
import { ErrorPage } from '../web/error-page.js';
import { errorWords } from '../web/error-words.js';
import { renderPage } from '../web/render.js';
import type { Site } from '../web/site.js';
import { showPage } from './show-page.js';

export interface RefusalPagePorts {
  readonly site: Site;
  readonly clock: Clock;
  readonly requestId: (ctx: Context) => string;
}

/** The error page that oidc-provider's `renderError` asks for; the refusal is noted elsewhere. */
export function showRefusal(
  { site, clock, requestId }: RefusalPagePorts,
  ctx: Context,
  refusal: Refusal,
): void {
  showPage(ctx, pageOf(refusal, { site, at: new Date(clock.now()), requestId: requestId(ctx) }));
}

/** The error page for refusals of our own routes and of the front. */
export function renderRefusal({ site, clock }: Omit<RefusalPagePorts, 'requestId'>): RenderErrorPage {
  return ({ refusal, requestId }) => ({
    html: renderPage(pageOf(refusal, { site, at: new Date(clock.now()), requestId })),
    contentSecurityPolicy: contentSecurityPolicy([]),
  });
}

function pageOf(
  refusal: Refusal,
  { site, at, requestId }: { readonly site: Site; readonly at: Date; readonly requestId: string },
) {
  return (
    <ErrorPage
      site={site}
      {...errorWords(refusal.code)}
      requestId={requestId}
      at={at}
      detail={refusal.detail === undefined ? refusal.code : `${refusal.code}: ${refusal.detail}`}
    />
  );
}
