import Router, { type RouterContext } from '@koa/router';
import type { Middleware } from 'koa';
import type { UpstreamLinkService } from '../accounts/upstream-link-service.js';
import type { UpstreamLoginService } from '../accounts/upstream-login-service.js';
import type { UpstreamMeetingService, UpstreamTicket } from '../accounts/upstream-meeting-service.js';
import type { UpstreamSignInService } from '../accounts/upstream-sign-in-service.js';
import type { Config } from '../config/schema.js';
import { requestContext } from '../http/request-context.js';
import type { Clock } from '../lib/clock.js';
import type { Random } from '../lib/random.js';
import { refuse, type Refusal } from '../lib/refusal.js';
import type { RefusalLog } from '../observability/refusal-log.js';
import { formTarget } from '../web/content-security-policy.js';
import { type Site, siteFor } from '../web/site.js';
import { InteractionDesk, type InteractionDeskPorts, seeOther, valueOf } from './interaction-desk-routes.js';
import { translateProviderErrors } from './interaction-errors.js';
import type { Interaction } from './interaction.js';
import { showRefusalInside } from './refusal-page.js';
import { showPage } from './show-page.js';
import { bindBrowser, browserSecret, giveTicket, ticketOf } from './upstream-cookies.js';
import { freshnessOf } from './upstream-demand.js';
import { UpstreamConnectPage, UpstreamCreatePage } from './upstream-identity-page.js';
import { UpstreamLeavingPage } from './upstream-leaving-page.js';

export interface UpstreamServices {
  readonly logins: UpstreamLoginService;
  readonly meetings: UpstreamMeetingService;
  readonly signIn: UpstreamSignInService;
  readonly links: UpstreamLinkService;
}

export interface UpstreamRoutesPorts extends InteractionDeskPorts {
  readonly site: Site;
  readonly config: Pick<Config, 'upstream_providers'>;
  readonly upstream: UpstreamServices;
  readonly refusalLog: Pick<RefusalLog, 'note'>;
  readonly clock: Clock;
  readonly random: Random;
}

/** The way to an upstream provider, back, and on: signing in, making an account, or linking one. */
export function upstreamRoutes(ports: UpstreamRoutesPorts): Middleware {
  const routes = new UpstreamRoutes(ports);
  const router = new Router();
  router.use(translateProviderErrors);
  router.post('/interaction/:uid/upstream/:id', (ctx) => routes.begin(ctx));
  router.get('/upstream/:id/callback', (ctx) => routes.arrive(ctx));
  router.get('/interaction/:uid/identity', (ctx) => routes.meet(ctx));
  router.post('/interaction/:uid/identity/create', (ctx) => routes.create(ctx));
  router.post('/interaction/:uid/identity/passkey/sign-in/options', (ctx) => routes.connectOptions(ctx));
  router.post('/interaction/:uid/identity/passkey/sign-in/result', (ctx) => routes.connect(ctx));
  return router.routes() as unknown as Middleware;
}

class UpstreamRoutes {
  readonly #ports: UpstreamRoutesPorts;
  readonly #desk: InteractionDesk;

  constructor(ports: UpstreamRoutesPorts) {
    this.#ports = ports;
    this.#desk = new InteractionDesk(ports);
  }

  async begin(ctx: RouterContext): Promise<void> {
    const { interaction } = await this.#desk.postedForm(ctx, 'login');
    const { config, random, upstream } = this.#ports;
    const providerId = String(ctx.params['id']);
    const url = await upstream.logins.begin({
      providerId,
      interaction: interaction.uid,
      browserSecret: bindBrowser(ctx, random),
      maxAge: freshnessOf(interaction),
    });
    if (!url.ok) return this.#refuse(ctx, interaction, url.refusal);
    const provider = config.upstream_providers.find(({ id }) => id === providerId);
    if (!provider) throw refuse('not_found');
    // A redirect would be held against the form's `form-action`, and nobody knows over which hosts the provider leads on.
    ctx.set('Refresh', `0; url=${url.value}`);
    showPage(ctx, UpstreamLeavingPage({ site: this.#siteFor(ctx, interaction), provider, url: url.value }));
  }

  /** The provider sends the browser here. Where the interaction's cookie is not seen, so it goes on at once. */
  async arrive(ctx: RouterContext): Promise<void> {
    const back = await this.#ports.upstream.logins.arrive({
      providerId: String(ctx.params['id']),
      parameters: new URLSearchParams(ctx.querystring),
      browserSecret: browserSecret(ctx),
    });
    const { interaction, ticket } = valueOf(back);
    giveTicket(ctx, interaction, ticket);
    ctx.set('Cache-Control', 'no-store');
    seeOther(ctx, `/interaction/${interaction}/identity`);
  }

  /**
   * Signs in who is known; asks everybody else. A GET that goes on, as the end of every redirect does: only with the ticket
   * that this browser got for this interaction a moment ago, and once.
   */
  async meet(ctx: RouterContext): Promise<void> {
    const interaction = await this.#desk.open(ctx, 'login');
    const { meetings, signIn } = this.#ports.upstream;
    const ticket = this.#ticket(ctx, interaction);
    const met = await meetings.look(ticket);
    if (!met.ok) return this.#refuse(ctx, interaction, met.refusal);
    const { kind, person, provider } = met.value;
    if (kind === 'known') {
      const result = await signIn.signIn(ticket);
      if (!result.ok) return this.#refuse(ctx, interaction, result.refusal);
      return seeOther(ctx, await this.#desk.logIn(ctx, interaction, result));
    }
    const site = this.#siteFor(ctx, interaction);
    const page = { site, provider, person, ...this.#desk.address(interaction) };
    const { redirect_uri: redirectUri } = interaction.params;
    showPage(ctx, kind === 'new' ? UpstreamCreatePage(page) : UpstreamConnectPage(page), [
      typeof redirectUri === 'string' ? formTarget(redirectUri) : undefined,
    ]);
  }

  async create(ctx: RouterContext): Promise<void> {
    const { interaction } = await this.#desk.postedForm(ctx, 'login');
    const { locale } = this.#siteFor(ctx, interaction);
    const made = await this.#ports.upstream.signIn.create(this.#ticket(ctx, interaction), locale);
    if (made.ok) return seeOther(ctx, await this.#desk.logIn(ctx, interaction, made));
    const { base } = this.#desk.address(interaction);
    // Whatever came between, the page knows what can be done now.
    if (made.refusal.code === 'upstream_changed') return seeOther(ctx, `${base}/identity`);
    this.#refuse(ctx, interaction, made.refusal);
  }

  async connectOptions(ctx: RouterContext): Promise<void> {
    const { interaction } = await this.#desk.postedJson(ctx);
    ctx.body = valueOf(await this.#ports.upstream.links.begin(this.#ticket(ctx, interaction)));
  }

  async connect(ctx: RouterContext): Promise<void> {
    const { interaction, fields } = await this.#desk.postedJson(ctx);
    const ticket = this.#ticket(ctx, interaction);
    const linked = await this.#ports.upstream.links.finish(ticket, fields['response']);
    ctx.body = { location: await this.#desk.logIn(ctx, interaction, linked) };
  }

  #ticket(ctx: RouterContext, { uid }: Interaction): UpstreamTicket {
    return { ticket: ticketOf(ctx), interaction: uid, browserSecret: browserSecret(ctx) };
  }

  #siteFor(ctx: RouterContext, interaction: Interaction): Site {
    return siteFor(this.#ports.site, ctx.headers, interaction.params['ui_locales']);
  }

  /** A plain page with a way back to the sign-in, which is still there. */
  #refuse(ctx: RouterContext, interaction: Interaction, refusal: Refusal): void {
    const { clock, refusalLog } = this.#ports;
    const { requestId } = requestContext(ctx.req);
    const clientId = interaction.client.clientId;
    refusalLog.note(refusal, { requestId, method: ctx.method, path: ctx.path, clientId });
    const site = this.#siteFor(ctx, interaction);
    const { base } = this.#desk.address(interaction);
    const wayOn = { href: base, words: site.words.upstream.anotherWay };
    showRefusalInside(ctx, refusal, { site, at: new Date(clock.now()), requestId, wayOn });
  }
}
