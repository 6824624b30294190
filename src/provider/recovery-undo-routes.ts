import Router, { type RouterContext } from '@koa/router';
import type { Middleware } from 'koa';
import type { RecoveryEndService } from '../accounts/recovery-end-service.js';
import { readForm } from '../http/form-body.js';
import { refuse } from '../lib/refusal.js';
import type { SecurityEvents } from '../observability/events.js';
import { type Site, siteFor } from '../web/site.js';
import { seeOther, textOf, valueOf } from './interaction-desk-routes.js';
import { interactionToken, isInteractionToken } from './interaction-token.js';
import { RecoveryUndonePage, RecoveryUndoPage } from './recovery-undo-page.js';
import { foreignPost } from '../http/same-origin-post.js';
import { showPage } from './show-page.js';

export interface RecoveryUndoRoutesPorts {
  readonly site: Site;
  readonly recoveryEnd: RecoveryEndService;
  /** deriveKey(master, 'interaction form') */
  readonly interactionKey: Uint8Array;
  readonly events: Pick<SecurityEvents, 'crossSiteForm'>;
}

const undone = '/recovery/undone';

/** The link in the mail about a recovery. Opening it changes nothing: mail programs open links by themselves. */
export function recoveryUndoRoutes(ports: RecoveryUndoRoutesPorts): Middleware {
  const { site, recoveryEnd, interactionKey, events } = ports;
  const router = new Router();

  const show = async (ctx: RouterContext) => {
    const token = tokenOf(ctx);
    const { at } = valueOf(await recoveryEnd.findByLink(token));
    const csrf = interactionToken(interactionKey, purposeOf(token));
    const page = { site: siteFor(site, ctx.headers), action: `/recovery/undo/${token}`, csrf, at };
    showPage(ctx, RecoveryUndoPage(page));
  };

  const undo = async (ctx: RouterContext) => {
    const token = tokenOf(ctx);
    // Threat 22: a form that another site sends is refused before it is read.
    const foreign = foreignPost(ctx.req.headers, site.origin);
    if (foreign !== undefined) {
      events.crossSiteForm({ detail: foreign });
      throw refuse('cross_site_form', foreign);
    }
    const fields = Object.fromEntries(valueOf(readForm(ctx.req)));
    if (!isInteractionToken(interactionKey, purposeOf(token), textOf(fields, 'csrf'))) {
      throw refuse('cross_site_form', 'the token of the form is missing or of another link');
    }
    const recovery = valueOf(await recoveryEnd.findByLink(token));
    valueOf(await recoveryEnd.undo(recovery));
    seeOther(ctx, undone);
  };

  router.get('/recovery/undo/:token', show);
  router.post('/recovery/undo/:token', undo);
  const signInAt = '/account';
  router.get(undone, (ctx) =>
    showPage(ctx, RecoveryUndonePage({ site: siteFor(site, ctx.headers), signInAt })),
  );
  return router.routes() as unknown as Middleware;
}

function tokenOf(ctx: RouterContext): string {
  return String(ctx.params['token']).slice(0, 128);
}

function purposeOf(token: string): string {
  return `undo recovery ${token}`;
}
