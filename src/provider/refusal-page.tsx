import type { Context } from 'koa';
import type { RenderErrorPage, SayRefusal } from '../http/refusal-answer.js';
import type { Clock } from '../lib/clock.js';
import { type Refusal, refusals } from '../lib/refusal.js';
import { contentSecurityPolicy } from '../web/content-security-policy.js';
import { ErrorPage } from '../web/error-page.js';
import { errorWords, refusalWords } from '../web/error-words.js';
import { renderPage } from '../web/render.js';
import { type Site, siteFor } from '../web/site.js';
import { accountSignInUrl } from './account-client.js';
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
  const at = new Date(clock.now());
  const inItsLanguage = siteFor(site, ctx.headers, paramsOf(ctx)['ui_locales']);
  const circumstances = {
    site: inItsLanguage,
    at,
    requestId: requestId(ctx),
    askedFor: askedFor(ctx, refusal),
  };
  showPage(ctx, pageOf(refusal, circumstances));
}

/** The error page of a sign-in that can go on another way; the refusal is noted elsewhere. */
export function showRefusalInside(
  ctx: Context,
  refusal: Refusal,
  circumstances: Omit<Circumstances, 'askedFor'> & { readonly wayOn: { href: string; words: string } },
): void {
  showPage(ctx, pageOf(refusal, circumstances));
  ctx.status = refusals[refusal.code].status;
}

/** The error page for refusals of our own routes and of the front. */
export function renderRefusal({ site, clock }: Omit<RefusalPagePorts, 'requestId'>): RenderErrorPage {
  return ({ refusal, requestId, headers }) => ({
    html: renderPage(pageOf(refusal, { site: siteFor(site, headers), at: new Date(clock.now()), requestId })),
    contentSecurityPolicy: contentSecurityPolicy([]),
  });
}

/** One sentence for a script of our own page. */
export function sayRefusal(site: Site): SayRefusal {
  return (code, headers) => refusalWords(siteFor(site, headers).words, code);
}

interface Circumstances {
  readonly site: Site;
  readonly at: Date;
  readonly requestId: string;
  readonly askedFor?: string | undefined;
  readonly wayOn?: { readonly href: string; readonly words: string };
}

/** The host that somebody wanted her sent to; she may know it for a false one. */
function askedFor(ctx: Context, { code }: Refusal): string | undefined {
  if (code !== 'redirect_uri_unregistered') return undefined;
  const uri = paramsOf(ctx)['redirect_uri'];
  return typeof uri === 'string' && URL.canParse(uri) ? new URL(uri).host || uri.slice(0, 60) : undefined;
}

/** Of a request that oidc-provider was reading. */
function paramsOf(ctx: Context): Readonly<Record<string, unknown>> {
  const { params } = (ctx['oidc'] ?? {}) as { params?: Readonly<Record<string, unknown>> };
  return params ?? {};
}

/** Whose session can't be believed any more begins a new one. */
function wayOnOf({ code }: Refusal, { origin, words }: Site) {
  if (code !== 'device_unproven') return undefined;
  return { href: accountSignInUrl(origin, true), words: words.errorPage.signInAgain };
}

function pageOf(refusal: Refusal, { site, at, requestId, askedFor, wayOn }: Circumstances) {
  return (
    <ErrorPage
      site={site}
      {...errorWords(site.words, refusal.code)}
      facts={askedFor === undefined ? [] : [{ label: site.words.errorPage.askedFor, value: askedFor }]}
      requestId={requestId}
      at={at}
      wayOn={wayOn ?? wayOnOf(refusal, site)}
      detail={refusal.detail === undefined ? refusal.code : `${refusal.code}: ${refusal.detail}`}
    />
  );
}
