import type { RouterContext } from '@koa/router';
import type { Asker } from '../accounts/attempt-limits.js';
import type { Visit } from '../accounts/visit.js';
import { requestContext } from '../http/request-context.js';
import { type Refusal, RefusalError } from '../lib/refusal.js';
import type { Result } from '../lib/result.js';
import type { Site } from '../web/site.js';
import { presentedBrowser } from './known-browser-cookie.js';
import type { MailCodeSaid } from './mail-code-page.js';

/** Who asks, for the limits. */
export function askerFor(ctx: RouterContext): Asker {
  return { address: requestContext(ctx.req).clientAddress, browser: presentedBrowser(ctx) };
}

/** Who asks, for the limits, and in which language she is written to. */
export function visitOf(ctx: RouterContext, site: Site): Visit {
  return { asker: askerFor(ctx), locale: site.locale };
}

const saidOf: Partial<Record<Refusal['code'], MailCodeSaid>> = {
  mail_code_wrong: 'wrong',
  mail_code_gone: 'gone',
  mail_code_limit: 'limit',
  rate_limited: 'wait',
};

/** What the page says next; neither, when another tab was first. Throws any other refusal. */
export function mailCodeOutcome<Value>(result: Result<Value>): { said?: MailCodeSaid; value?: Value } {
  if (result.ok) return { value: result.value };
  const { code } = result.refusal;
  const said = saidOf[code];
  if (said !== undefined) return { said };
  if (code === 'step_gone') return {};
  throw new RefusalError(result.refusal);
}
