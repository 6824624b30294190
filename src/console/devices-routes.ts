import type { RouterContext } from '@koa/router';
import { seeOther, textOf } from '../provider/interaction-desk-routes.js';
import { showPage } from '../provider/show-page.js';
import { type Site, siteFor } from '../web/site.js';
import type { ConsoleCounter } from './console-counter-routes.js';
import type { ConsolePorts } from './console-ports.js';
import { CutHerePage, DevicePage } from './device-page.js';
import { DevicesPage } from './devices-page.js';

type Ports = Pick<ConsolePorts, 'cuttingOff' | 'apps'> & { readonly site: Site };

/** Devices and sessions, and how they are cut off. */
export class DevicesRoutes {
  readonly #counter: ConsoleCounter;
  readonly #ports: Ports;

  constructor(counter: ConsoleCounter, ports: Ports) {
    this.#counter = counter;
    this.#ports = ports;
  }

  async list(ctx: RouterContext): Promise<void> {
    const visit = await this.#counter.desk.open(ctx);
    if (!visit) return;
    const sessions = await this.#ports.cuttingOff.browsers(visit.account.id);
    const context = this.#counter.context(ctx, visit);
    showPage(ctx, DevicesPage({ context, sessions, sessionUid: visit.session.uid }));
  }

  async show(ctx: RouterContext): Promise<void> {
    const visit = await this.#counter.desk.open(ctx);
    if (!visit) return;
    const { cuttingOff, apps } = this.#ports;
    const { id } = visit.account;
    const session = (await cuttingOff.browsers(id)).find(({ uid }) => uid === ctx.params['id']);
    if (!session) return this.#counter.problem(ctx, { code: 'browser_gone' });
    const letIn = (await apps.list(id)).filter(({ clientId }) => session.clientIds.includes(clientId));
    showPage(
      ctx,
      DevicePage({
        context: this.#counter.context(ctx, visit),
        session,
        apps: letIn.map(({ name }) => name),
        here: session.uid === visit.session.uid,
      }),
    );
  }

  async cutOffSession(ctx: RouterContext): Promise<void> {
    const posted = await this.#counter.desk.postedForm(ctx);
    if (!posted) return;
    const ended = await this.#ports.cuttingOff.cutOff(posted.account.id, textOf(posted.fields, 'session'));
    if (!ended.ok) return this.#counter.problem(ctx, ended.refusal);
    const here = ended.value === posted.session.uid;
    this.#counter.done(ctx, 'device_cut_off', here ? '/account/cut-off' : '/account');
  }

  /** Only right after it happened: no link shows a person that she is cut off. */
  showCutHere(ctx: RouterContext): void {
    if (!this.#counter.tookMessage(ctx, 'device_cut_off')) return seeOther(ctx, '/account');
    showPage(ctx, CutHerePage({ site: siteFor(this.#ports.site, ctx.req.headers) }));
  }
}
