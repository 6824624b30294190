import type { Context } from 'koa';
import { refuse } from '../lib/refusal.js';

type Fields = Readonly<Record<string, unknown>>;

/** The fields of a form post. A field sent twice is refused. */
export async function readForm(ctx: Context, limit: number): Promise<Fields> {
  if (ctx.is('urlencoded') === false) throw refuse('request_malformed', 'the body is no form');
  const parameters = new URLSearchParams(await readText(ctx, limit));
  const fields = Object.fromEntries(parameters);
  if (Object.keys(fields).length !== [...parameters].length) throw refuse('parameter_duplicated');
  return fields;
}

/** The members of a JSON object. */
export async function readJson(ctx: Context, limit: number): Promise<Fields> {
  if (ctx.is('json') === false) throw refuse('request_malformed', 'the body is not JSON');
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readText(ctx, limit));
  } catch (error) {
    if (error instanceof SyntaxError) throw refuse('request_malformed', 'the body is not JSON');
    throw error;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw refuse('request_malformed', 'the body is no JSON object');
  }
  return parsed as Fields;
}

async function readText(ctx: Context, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of ctx.req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw refuse('body_too_large', `more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A field's text; empty when it is missing or no text. */
export function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}
