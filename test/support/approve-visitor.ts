import type { SoftwareAuthenticator } from '../../examples/support/software-authenticator.js';
import type { AskedElsewhere } from './asked-elsewhere.js';
import { formWith, type Visit, Visitor } from './visitor.js';

/** Somebody at the page of a request from elsewhere: does by hand what a browser and the script of the page do. */
export class ApproveVisitor {
  readonly visitor: Visitor;
  readonly #issuer: string;

  constructor(issuer: string, visitor = new Visitor()) {
    this.#issuer = issuer;
    this.visitor = visitor;
  }

  look({ path }: Pick<AskedElsewhere, 'path'>): Promise<Visit> {
    return this.visitor.get(this.#issuer + path);
  }

  /** What the page's forms send back. */
  async fields(asked: Pick<AskedElsewhere, 'path'>): Promise<Record<string, string>> {
    return formWith(await this.look(asked), 'csrf').fields;
  }

  options({ path }: Pick<AskedElsewhere, 'path'>, fields: Record<string, string>): Promise<Visit> {
    const { csrf, ends } = fields;
    return this.visitor.postJson(`${this.#issuer}${path}/options`, { csrf, ends });
  }

  /** What her passkey says, as the hidden field has it. */
  async assertion(
    asked: Pick<AskedElsewhere, 'path'>,
    authenticator: SoftwareAuthenticator,
    fields: Record<string, string>,
  ): Promise<string> {
    const answer = await this.options(asked, fields);
    if (answer.status !== 200) throw new Error(`no options: ${answer.status} ${answer.text}`);
    return JSON.stringify(authenticator.assert(JSON.parse(answer.text) as never));
  }

  /** Types the number and confirms; returns the page that says what came of it. */
  async approve(
    asked: Pick<AskedElsewhere, 'path' | 'number'>,
    authenticator: SoftwareAuthenticator,
    number = asked.number,
  ): Promise<Visit> {
    const fields = await this.fields(asked);
    const assertion = await this.assertion(asked, authenticator, fields);
    return this.send(asked, { ...fields, number, assertion });
  }

  async send(
    { path }: Pick<AskedElsewhere, 'path'>,
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Visit> {
    return this.visitor.follow(await this.visitor.post(this.#issuer + path, fields, headers));
  }

  async answer(asked: Pick<AskedElsewhere, 'path'>, how: 'deny' | 'not-me'): Promise<Visit> {
    const fields = await this.fields(asked);
    return this.visitor.follow(await this.visitor.post(`${this.#issuer}${asked.path}/${how}`, fields));
  }
}

/** The heading of a page. */
export function headingOf(page: Visit): string {
  const [, heading = ''] = /<h1[^>]*>([\s\S]*?)<\/h1>/.exec(page.text) ?? [];
  return heading.replace(/<[^>]*>/g, '').replaceAll('&#39;', '’');
}

/**
 * What a person reads on a page, without times of day and the port of the server: each may have the two digits in it
 * that a test looks for.
 */
export function readable(page: Visit): string {
  return page.text
    .replace(/<time[^>]*>[^<]*/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/localhost:\d+/g, 'localhost');
}
