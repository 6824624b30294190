import Router, { type RouterContext } from '@koa/router';
import type { Middleware } from 'koa';
import { readForm } from '../http/form-body.js';
import { foreignPost } from '../http/same-origin-post.js';
import { keyedDigest, sameBytes } from '../lib/hashing.js';
import type { Random } from '../lib/random.js';
import { refuse } from '../lib/refusal.js';
import type { SecurityEvents } from '../observability/events.js';
import { seeOther, valueOf } from '../provider/interaction-desk-routes.js';
import { showPage } from '../provider/show-page.js';
import { type Site, siteFor } from '../web/site.js';
import { DemoPage } from './demo-page.js';
import type { DemoVisits, DemoWish } from './demo-visits.js';

export interface DemoPorts {
  readonly site: Site;
  readonly visits: DemoVisits;
  readonly events: Pick<SecurityEvents, 'crossSiteForm'>;
  /** deriveKey(master, 'demo form') */
  readonly demoKey: Uint8Array;
  readonly random: Random;
}

const cookie = 'holdfast_demo';

/** The demo at /demo. A GET changes nothing: a story begins with the first press. */
export function demoRoutes({ site, visits, events, demoKey, random }: DemoPorts): Middleware {
  const tokenOf = (id: string): string => keyedDigest(demoKey, id).toString('base64url');
  const router = new Router({ prefix: '/demo' });

  router.get('/', (ctx) => {
    const known = visitorOf(ctx);
    const id = known ?? random.bytes(16).toString('base64url');
    if (known === undefined) {
      ctx.cookies.set(cookie, id, { httpOnly: true, sameSite: 'strict', path: '/demo', signed: false });
    }
    showPage(
      ctx,
      DemoPage({ site: siteFor(site, ctx.req.headers), csrf: tokenOf(id), view: visits.view(id) }),
    );
  });

  router.post('/', async (ctx) => {
    // Threat 22: a form that another site sends is refused before it is read.
    const foreign = foreignPost(ctx.req.headers, site.origin);
    if (foreign !== undefined) {
      events.crossSiteForm({ detail: foreign });
      throw refuse('cross_site_form', foreign);
    }
    const fields = valueOf(readForm(ctx.req));
    const id = visitorOf(ctx);
    // ASVS 3.5.1: and what was sent must hold what only a page of this visitor was told.
    if (id === undefined || !sameBytes(Buffer.from(tokenOf(id)), Buffer.from(fields.get('csrf') ?? ''))) {
      throw refuse('cross_site_form', 'the token of the form is missing or of another visitor');
    }
    await visits.press(id, wishOf(fields));
    seeOther(ctx, `${site.origin}/demo#now`);
  });

  return router.routes() as unknown as Middleware;
}

function visitorOf(ctx: RouterContext): string | undefined {
  const id = ctx.cookies.get(cookie, { signed: false });
  return id !== undefined && /^[\w-]{22}$/.test(id) ? id : undefined;
}

function wishOf(fields: ReadonlyMap<string, string>): DemoWish {
  const kind = fields.get('wish');
  if (kind === 'back' || kind === 'again') return { kind };
  if (kind === 'next' || kind === 'all') return { kind, step: Number(fields.get('step')) };
  throw refuse('request_malformed', 'the demo knows next, all, back and again');
}
