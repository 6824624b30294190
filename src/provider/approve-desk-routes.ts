import type { RouterContext } from '@koa/router';
import type { AccountId } from '../accounts/account.js';
import { readForm } from '../http/form-body.js';
import { readJson } from '../http/json-body.js';
import { foreignPost } from '../http/same-origin-post.js';
import type { Clock } from '../lib/clock.js';
import { isRecord } from '../lib/json.js';
import type { Random } from '../lib/random.js';
import { refuse } from '../lib/refusal.js';
import type { SecurityEvents } from '../observability/events.js';
import type { ApprovalSubject } from '../stepup/approval.js';
import type { BackchannelRequestId } from '../stepup/backchannel-request.js';
import type { FoundBackchannelRequest } from '../stepup/backchannel-request-store.js';
import type { BackchannelService } from '../stepup/backchannel-service.js';
import { type Site, siteFor } from '../web/site.js';
import { approveToken, isApproveToken, presentedTicketBrowser, ticketBrowser } from './approve-ticket.js';
import { approvalEnd, backchannelSubject } from './backchannel-subject.js';
import { browserSession } from './browser-session.js';
import { type ClientFacts, clientFacts } from './client-facts.js';
import { type Fields, textOf, valueOf } from './interaction-desk-routes.js';
import type { Provider } from './provider-route.js';

export interface ApproveDeskPorts {
  readonly provider: Provider;
  readonly site: Site;
  readonly backchannel: Pick<BackchannelService, 'findByLink' | 'findOf'>;
  readonly events: Pick<SecurityEvents, 'crossSiteForm'>;
  /** deriveKey(master, 'approve elsewhere') */
  readonly approveKey: Uint8Array;
  readonly clock: Clock;
  readonly random: Random;
}

/** A request, whatever has become of it, and who looks at it. */
export interface OpenRequest {
  readonly request: FoundBackchannelRequest;
  readonly client: ClientFacts;
  /** Who is signed in in this browser. */
  readonly viewer: AccountId | undefined;
  /** The account that it is for, where that is who is signed in; a phantom is nobody's. */
  readonly owner: AccountId | undefined;
  readonly site: Site;
  /** Path of its page. */
  readonly base: string;
}

export type AnsweredRequest = OpenRequest & { readonly fields: Fields; readonly subject: ApprovalSubject };

/** What each answer to a request from elsewhere does alike: find it, and believe a post of our own page only. */
export class ApproveDesk {
  readonly #ports: ApproveDeskPorts;

  constructor(ports: ApproveDeskPorts) {
    this.#ports = ports;
  }

  /** By the secret of its link; by its id only for whom it is for. Throws `approval_link_gone`. */
  async open(ctx: RouterContext): Promise<OpenRequest> {
    const { provider, backchannel, site } = this.#ports;
    const named = String(ctx.params['link']).slice(0, 64);
    const viewer = (await browserSession(provider, ctx))?.accountId;
    const request = named.startsWith('bcr_')
      ? viewer && (await backchannel.findOf(viewer, named as BackchannelRequestId))
      : await backchannel.findByLink(named);
    if (!request) throw refuse('approval_link_gone', 'no request has that link');
    const client = await clientFacts(provider, request.clientId);
    if (!client) throw refuse('approval_link_gone', 'the client of the request was deleted meanwhile');
    return {
      request,
      client,
      viewer,
      owner: viewer !== undefined && request.accountId === viewer ? viewer : undefined,
      site: siteFor(site, ctx.headers),
      base: `/approve/${named}`,
    };
  }

  /** What the page is to show and its forms are to send back, fixed by this showing. */
  ticket(ctx: RouterContext, { request, client }: OpenRequest): { subject: ApprovalSubject; csrf: string } {
    const { approveKey, clock, random } = this.#ports;
    const ends = approvalEnd(request, clock);
    const csrf = approveToken(approveKey, { request: request.id, ends, browser: ticketBrowser(ctx, random) });
    return { subject: backchannelSubject(request, client.name, ends), csrf };
  }

  async postedForm(ctx: RouterContext): Promise<AnsweredRequest> {
    this.#demandOwnPage(ctx);
    return this.#answered(ctx, Object.fromEntries(valueOf(readForm(ctx.req))));
  }

  async postedJson(ctx: RouterContext): Promise<AnsweredRequest> {
    this.#demandOwnPage(ctx);
    const fields = valueOf(readJson(ctx.req));
    if (!isRecord(fields)) throw refuse('request_malformed', 'the body is no JSON object');
    ctx.set('Cache-Control', 'no-store');
    return this.#answered(ctx, fields);
  }

  /** Threat 22: a form that another site sends is refused before it is read. */
  #demandOwnPage(ctx: RouterContext): void {
    const foreign = foreignPost(ctx.req.headers, this.#ports.site.origin);
    if (foreign === undefined) return;
    this.#ports.events.crossSiteForm({ detail: foreign });
    throw refuse('cross_site_form', foreign);
  }

  /** ASVS 3.5.1: what was sent must hold what only our page was told, for this request in this browser. */
  async #answered(ctx: RouterContext, fields: Fields): Promise<AnsweredRequest> {
    const { approveKey } = this.#ports;
    const open = await this.open(ctx);
    const ends = Number(textOf(fields, 'ends'));
    const ticket = { request: open.request.id, ends, browser: presentedTicketBrowser(ctx) };
    if (!isApproveToken(approveKey, ticket, textOf(fields, 'csrf'))) {
      throw refuse('cross_site_form', 'the token of the form is missing, or of another request or browser');
    }

    const subject = backchannelSubject(open.request, open.client.name, ends);
    return { ...open, fields, subject };
  }
}
