import type { Context } from 'koa';
import type { Clock } from '../lib/clock.js';
import { type Refusal, refusals } from '../lib/refusal.js';
import { ErrorPage } from '../web/error-page.js';
import { errorWords } from '../web/error-words.js';
import type { Site } from '../web/site.js';
import { showPage } from './show-page.js';

export interface RefusalPagePorts {
  readonly site: Site;
  readonly clock: Clock;
  readonly requestId: (ctx: Context) => string | undefined;
  /** Log, metrics and `explain`. */
  readonly note: (ctx: Context, refusal: Refusal, error?: Error) => void;
}

/** Shows a refusal that is noted already: the error page that oidc-provider's `renderError` asks for. */
export function showRefusal(ports: Omit<RefusalPagePorts, 'note'>, ctx: Context, refusal: Refusal): void {
  const { site, clock } = ports;
  const requestId = ports.requestId(ctx) ?? '';
  const at = new Date(clock.now());
  const detail = reasonOf(refusal);
  showPage(
    ctx,
    <ErrorPage site={site} {...errorWords(refusal.code)} requestId={requestId} at={at} detail={detail} />,
  );
}

/** Notes a refusal of our own routes and answers with it: JSON to scripts, a page to people. */
export function refusalAnswerer(ports: RefusalPagePorts) {
  return (ctx: Context, refusal: Refusal, error?: Error): void => {
    ports.note(ctx, refusal, error);
    const entry = refusals[refusal.code];
    ctx.status = entry.status;
    if (entry.status === 503) ctx.set('Retry-After', '2');
    if (ctx.is('json') !== 'json' && ctx.accepts('json', 'html') === 'html') {
      showRefusal(ports, ctx, refusal);
    } else {
      ctx.set('Cache-Control', 'no-store');
      ctx.body = jsonOf(ports, ctx, refusal);
    }
  };
}

function jsonOf(
  { site, requestId }: RefusalPagePorts,
  ctx: Context,
  refusal: Refusal,
): Record<string, unknown> {
  const { error, says, help } = refusals[refusal.code];
  return {
    error,
    error_description: says,
    request_id: requestId(ctx),
    ...(site.loopback
      ? { holdfast_code: refusal.code, holdfast_help: help, holdfast_detail: refusal.detail }
      : {}),
  };
}

function reasonOf({ code, detail }: Refusal): string {
  return detail === undefined ? code : `${code}: ${detail}`;
}
