import type { RouterContext } from '@koa/router';
import type { Account } from '../accounts/account.js';
import type { AccountStore } from '../accounts/account-store.js';
import { readForm } from '../http/form-body.js';
import { readJson } from '../http/json-body.js';
import { foreignPost } from '../http/same-origin-post.js';
import { keyedDigest, sameBytes } from '../lib/hashing.js';
import { isRecord } from '../lib/json.js';
import { refuse } from '../lib/refusal.js';
import type { SecurityEvents } from '../observability/events.js';
import { accountSignInUrl } from '../provider/account-client.js';
import { type BrowserSession, browserSession } from '../provider/browser-session.js';
import { type Fields, seeOther, textOf, valueOf } from '../provider/interaction-desk-routes.js';
import type { Provider } from '../provider/provider-route.js';
import { type Site, siteFor } from '../web/site.js';

export interface ConsoleDeskPorts {
  readonly provider: Provider;
  readonly site: Site;
  readonly accounts: Pick<AccountStore, 'find'>;
  readonly events: Pick<SecurityEvents, 'crossSiteForm'>;
  /** deriveKey(master, 'account console') */
  readonly consoleKey: Uint8Array;
}

/** Who is there, in which session, and what her pages need to know. */
export interface Visit {
  readonly session: BrowserSession;
  readonly account: Account;
  /** What every form of this session sends back. */
  readonly csrf: string;
  readonly site: Site;
}

export type Posted = Visit & { readonly fields: Fields };

/** What every page of the account does alike: find out who is there, and believe a post of our own page only. */
export class ConsoleDesk {
  readonly #ports: ConsoleDeskPorts;

  constructor(ports: ConsoleDeskPorts) {
    this.#ports = ports;
  }

  /** Undefined when nobody is signed in; the browser is then on its way to sign in. */
  async open(ctx: RouterContext): Promise<Visit | undefined> {
    const visit = await this.#visit(ctx);
    if (!visit) seeOther(ctx, accountSignInUrl(this.#ports.site.origin));
    return visit;
  }

  /** As `open`, for a form. */
  async postedForm(ctx: RouterContext): Promise<Posted | undefined> {
    this.#demandOwnPage(ctx);
    const fields: Fields = Object.fromEntries(valueOf(readForm(ctx.req)));
    const visit = await this.open(ctx);
    if (visit) this.#demandToken(visit, fields);
    return visit && { ...visit, fields };
  }

  /** From a script of our page. */
  async postedJson(ctx: RouterContext): Promise<Posted> {
    this.#demandOwnPage(ctx);
    const fields = valueOf(readJson(ctx.req));
    if (!isRecord(fields)) throw refuse('request_malformed', 'the body is no JSON object');
    const visit = await this.#visit(ctx);
    if (!visit) throw refuse('signed_out', 'there is no live session behind the cookie');
    this.#demandToken(visit, fields);
    ctx.set('Cache-Control', 'no-store');
    return { ...visit, fields };
  }

  async #visit(ctx: RouterContext): Promise<Visit | undefined> {
    const { provider, site, accounts } = this.#ports;
    const session = await browserSession(provider, ctx);
    if (!session) return undefined;
    const account = await accounts.find(session.accountId);
    if (!account) return undefined;
    return { session, account, csrf: this.#token(session), site: siteFor(site, ctx.req.headers) };
  }

  /** Threat 22: a form that another site sends is refused before it is read. */
  #demandOwnPage(ctx: RouterContext): void {
    const foreign = foreignPost(ctx.req.headers, this.#ports.site.origin);
    if (foreign === undefined) return;
    this.#ports.events.crossSiteForm({ detail: foreign });
    throw refuse('cross_site_form', foreign);
  }

  /** ASVS 3.5.1: and what was sent must hold what only a page of this very session was told. */
  #demandToken({ csrf }: Visit, fields: Fields): void {
    if (sameBytes(Buffer.from(csrf), Buffer.from(textOf(fields, 'csrf')))) return;
    throw refuse('cross_site_form', 'the token of the form is missing or of another session');
  }

  #token({ uid, accountId }: BrowserSession): string {
    return keyedDigest(this.#ports.consoleKey, JSON.stringify(['csrf', uid, accountId])).toString(
      'base64url',
    );
  }
}
