import type { RouterContext } from '@koa/router';
import type { Clock } from '../lib/clock.js';
import { isRecord, parseJson } from '../lib/json.js';
import { open, seal } from '../lib/seal.js';
import { seeOther, textOf } from '../provider/interaction-desk-routes.js';
import { askerFor } from '../provider/mail-code-routes.js';
import { showPage } from '../provider/show-page.js';
import type { ConsoleCounter } from './console-counter-routes.js';
import type { Visit } from './console-desk-routes.js';
import type { ConsolePorts } from './console-ports.js';
import { EmailCodePage, EmailPage } from './email-page.js';

const emailPath = '/account/email';
const codePath = '/account/email/code';
const cookieName = 'holdfast_account_email';
const cookieSeconds = 3600;

type Ports = Pick<ConsolePorts, 'changeEmail' | 'consoleKey'> & { readonly clock: Clock };

/** Another e-mail address: asked for, confirmed, proven by a code. */
export class EmailRoutes {
  readonly #counter: ConsoleCounter;
  readonly #ports: Ports;

  constructor(counter: ConsoleCounter, ports: Ports) {
    this.#counter = counter;
    this.#ports = ports;
  }

  async show(ctx: RouterContext): Promise<void> {
    const visit = await this.#counter.desk.open(ctx);
    if (!visit) return;
    const ability = await this.#counter.ability(visit);
    showPage(ctx, EmailPage({ context: this.#counter.context(ctx, visit), ability }));
  }

  async begin(ctx: RouterContext): Promise<void> {
    const posted = await this.#counter.desk.postedForm(ctx);
    if (!posted) return;
    const address = textOf(posted.fields, 'email');
    const confirmed = await this.#counter.confirmed(ctx, posted, 'change_email', address);
    if (!confirmed.ok) return this.#counter.problem(ctx, confirmed.refusal, emailPath);
    const change = { ...changeOf(posted), address };
    const begun = await this.#ports.changeEmail.begin(change, confirmed.value, askerFor(ctx));
    if (!begun.ok) return this.#counter.problem(ctx, begun.refusal, emailPath);
    await this.#remember(ctx, posted, begun.value);
    seeOther(ctx, codePath);
  }

  async showCode(ctx: RouterContext): Promise<void> {
    const visit = await this.#counter.desk.open(ctx);
    if (!visit) return;
    const address = await this.#remembered(ctx, visit);
    if (address === undefined) return seeOther(ctx, emailPath);
    showPage(ctx, EmailCodePage({ context: this.#counter.context(ctx, visit), address }));
  }

  async finish(ctx: RouterContext): Promise<void> {
    const posted = await this.#counter.desk.postedForm(ctx);
    if (!posted) return;
    const address = await this.#remembered(ctx, posted);
    if (address === undefined) return this.#counter.problem(ctx, { code: 'mail_code_gone' }, emailPath);
    const change = { ...changeOf(posted), address };
    const changed = await this.#ports.changeEmail.finish(
      change,
      textOf(posted.fields, 'code'),
      askerFor(ctx),
    );
    if (!changed.ok) {
      const again = changed.refusal.code === 'mail_code_wrong' || changed.refusal.code === 'rate_limited';
      return this.#counter.problem(ctx, changed.refusal, again ? codePath : emailPath);
    }
    this.#cookie(ctx, '', 0);
    this.#counter.done(ctx, 'email_changed');
  }

  /** The new address, between the two pages: sealed, and of this session alone. */
  async #remember(ctx: RouterContext, { session }: Visit, address: string): Promise<void> {
    const sealed = await seal(this.#ports.consoleKey, JSON.stringify({ uid: session.uid, address }));
    this.#cookie(ctx, sealed, cookieSeconds * 1000);
  }

  async #remembered(ctx: RouterContext, { session }: Visit): Promise<string | undefined> {
    const sealed = ctx.cookies.get(cookieName, { signed: false });
    if (!sealed) return undefined;
    const text = await open(this.#ports.consoleKey, sealed).catch(() => '');
    const kept = parseJson(Buffer.from(text));
    if (!isRecord(kept) || kept['uid'] !== session.uid) return undefined;
    return typeof kept['address'] === 'string' ? kept['address'] : undefined;
  }

  #cookie(ctx: RouterContext, value: string, maxAge: number): void {
    ctx.cookies.set(cookieName, value, {
      path: emailPath,
      httpOnly: true,
      sameSite: 'lax',
      secure: ctx.secure,
      signed: false,
      overwrite: true,
      maxAge,
    });
  }
}

function changeOf({ account, session, site }: Visit) {
  return { accountId: account.id, sessionUid: session.uid, locale: site.locale };
}
