import type { RouterContext } from '@koa/router';
import { seeOther } from '../provider/interaction-desk-routes.js';
import { showPage } from '../provider/show-page.js';
import { type Site, siteFor } from '../web/site.js';
import type { ConsoleCounter } from './console-counter-routes.js';
import type { ConsolePorts } from './console-ports.js';
import { DeletePage, ExportPage, GonePage, LockedPage } from './leaving-page.js';

type Ports = Pick<ConsolePorts, 'exports' | 'deleteAccount' | 'cuttingOff'> & { readonly site: Site };

/** Taking one's data, deleting the account, and locking everything: what ends a visit. */
export class LeavingRoutes {
  readonly #counter: ConsoleCounter;
  readonly #ports: Ports;

  constructor(counter: ConsoleCounter, ports: Ports) {
    this.#counter = counter;
    this.#ports = ports;
  }

  async showExport(ctx: RouterContext): Promise<void> {
    const visit = await this.#counter.desk.open(ctx);
    if (!visit) return;
    const ability = await this.#counter.ability(visit);
    showPage(ctx, ExportPage({ context: this.#counter.context(ctx, visit), ability }));
  }

  async export(ctx: RouterContext): Promise<void> {
    const posted = await this.#counter.desk.postedForm(ctx);
    if (!posted) return;
    const confirmed = await this.#counter.confirmed(ctx, posted, 'export_data');
    if (!confirmed.ok) return this.#counter.problem(ctx, confirmed.refusal, '/account/export');
    const exported = await this.#ports.exports.export(posted.account, confirmed.value);
    ctx.set('Cache-Control', 'no-store');
    ctx.attachment('account.json');
    ctx.type = 'json';
    ctx.body = `${JSON.stringify(exported, undefined, 2)}\n`;
  }

  async showDelete(ctx: RouterContext): Promise<void> {
    const visit = await this.#counter.desk.open(ctx);
    if (!visit) return;
    const ability = await this.#counter.ability(visit);
    showPage(ctx, DeletePage({ context: this.#counter.context(ctx, visit), ability }));
  }

  async delete(ctx: RouterContext): Promise<void> {
    const posted = await this.#counter.desk.postedForm(ctx);
    if (!posted) return;
    const confirmed = await this.#counter.confirmed(ctx, posted, 'delete_account');
    if (!confirmed.ok) return this.#counter.problem(ctx, confirmed.refusal, '/account/delete');
    const { cuttingOff, deleteAccount } = this.#ports;
    const tellApps = await cuttingOff.farewell(posted.account.id);
    if (await deleteAccount.delete(posted.account.id, confirmed.value)) tellApps();
    this.#counter.done(ctx, 'deleted', '/account/deleted');
  }

  async lock(ctx: RouterContext): Promise<void> {
    const posted = await this.#counter.desk.postedForm(ctx);
    if (!posted) return;
    await this.#ports.cuttingOff.lockEverything(posted.account.id);
    this.#counter.done(ctx, 'locked', '/account/locked');
  }

  /** Only right after it happened: no link shows a person that her account is locked or gone. */
  showLocked(ctx: RouterContext): void {
    if (!this.#counter.tookMessage(ctx, 'locked')) return seeOther(ctx, '/account');
    showPage(ctx, LockedPage({ site: siteFor(this.#ports.site, ctx.req.headers) }));
  }

  showDeleted(ctx: RouterContext): void {
    if (!this.#counter.tookMessage(ctx, 'deleted')) return seeOther(ctx, '/account');
    showPage(ctx, GonePage({ site: siteFor(this.#ports.site, ctx.req.headers) }));
  }
}
