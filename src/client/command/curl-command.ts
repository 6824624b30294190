import { createBoundFetch } from '../bound-fetch.js';
import { openSession, type SessionOptions } from './session.js';
import { exitCodes, plainText, WrongUsage, type Terminal } from './terminal.js';

export interface CurlOptions extends SessionOptions {
  readonly request?: string;
  readonly header?: readonly string[];
  readonly data?: readonly string[];
  readonly include?: true;
  readonly fail?: true;
  readonly output?: string;
  /** Unset: the person is asked when the call needs her. */
  readonly stepUp?: boolean;
}

/** `holdfast curl`: one request with a proof of the login's key. */
export async function curl(address: string, options: CurlOptions, terminal: Terminal): Promise<number> {
  const { login, profile } = await openSession(options, terminal);
  const body = await bodyOf(options.data, terminal);
  const headers = headersOf(options.header ?? []);
  if (body && !headers.has('content-type')) headers.set('content-type', 'application/json');
  const send = createBoundFetch({
    login: options.stepUp === false ? withoutAsking(login) : login,
  });
  const response = await send(addressOf(address, profile.resource), {
    method: options.request ?? (body ? 'POST' : 'GET'),
    headers,
    ...(body && { body }),
  });
  if (options.include) terminal.out(head(response));
  const failed = !response.ok && options.fail === true;
  if (failed) {
    terminal.say(`The server answered ${response.status}.`);
    await response.body?.cancel();
  } else await deliver(response, options.output, terminal);
  return failed ? exitCodes.answeredWithError : exitCodes.done;
}

function withoutAsking(login: Parameters<typeof createBoundFetch>[0]['login']) {
  return {
    origins: login.origins,
    sender: login.sender,
    access: () => login.access(),
    renew: (refused: string) => login.renew(refused),
    stepUp: () => Promise.resolve('not_given' as const),
  };
}

/** A path is one of the resource. */
function addressOf(address: string, resource: string): URL {
  if (!URL.canParse(address, resource)) throw new WrongUsage(`${plainText(address)} is no address`);
  return new URL(address, resource);
}

function headersOf(lines: readonly string[]): Headers {
  const headers = new Headers();
  for (const line of lines) {
    const [, name, value = ''] = /^([^:\s]+):[ \t]*(.*)$/.exec(line) ?? [];
    if (name === undefined) throw new WrongUsage(`-H takes "Name: value", not ${plainText(line)}`);
    headers.append(name, value);
  }
  return headers;
}

/** Several are joined by `&`, as curl does; `@file` and `@-` are read. */
async function bodyOf(
  given: readonly string[] | undefined,
  terminal: Terminal,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (given === undefined || given.length === 0) return undefined;
  const parts = await Promise.all(
    given.map(async (text) => {
      if (!text.startsWith('@')) return new TextEncoder().encode(text);
      return terminal.readBytes(text === '@-' ? 'stdin' : { file: text.slice(1) });
    }),
  );
  const joined = parts.flatMap((part, index) =>
    index === 0 ? [part] : [new TextEncoder().encode('&'), part],
  );
  return new Uint8Array(Buffer.concat(joined));
}

function head(response: Response): string {
  const lines = [...response.headers].map(([name, value]) => `${name}: ${value}`);
  return plainText(`HTTP ${response.status}\n${lines.join('\n')}\n\n`);
}

async function deliver(response: Response, file: string | undefined, terminal: Terminal): Promise<void> {
  if (file !== undefined) return terminal.writeFile(file, new Uint8Array(await response.arrayBuffer()));
  for await (const piece of response.body ?? []) terminal.out(piece as Uint8Array);
}
