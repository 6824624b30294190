import { ClientError, LoginRequired, ProviderUnreachable } from '../client-error.js';
import { curl, type CurlOptions } from './curl-command.js';
import { logIn, logOut, printToken } from './login-commands.js';
import { NotApproved } from './person-answer.js';
import { runProxy, type ProxyOptions } from './proxy/proxy-command.js';
import type { SessionOptions } from './session.js';
import { exitCodes, plainText, WrongUsage, type Terminal } from './terminal.js';

/** What a person runs in a terminal, with its options as the command line read them. */
export type PersonCommand =
  | {
      readonly name: 'login' | 'token' | 'logout';
      readonly options: SessionOptions & { readonly json?: true };
    }
  | { readonly name: 'curl'; readonly address: string; readonly options: CurlOptions }
  | { readonly name: 'proxy'; readonly program: readonly string[]; readonly options: ProxyOptions };

/** Runs it; its exit code. Expected failures are sentences, ours keep their traces. */
export async function runPersonCommand(command: PersonCommand, terminal: Terminal): Promise<number> {
  try {
    return await run(command, terminal);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    terminal.say(sentenceFor(error));
    if (error instanceof WrongUsage) return exitCodes.usage;
    return isUnreachable(error) ? exitCodes.unreachable : exitCodes.refused;
  }
}

function run(command: PersonCommand, terminal: Terminal): Promise<number> {
  switch (command.name) {
    case 'login':
      return logIn(command.options, terminal);
    case 'token':
      return printToken(command.options, terminal);
    case 'logout':
      return logOut(command.options, terminal);
    case 'curl':
      return curl(command.address, command.options, terminal);
    case 'proxy':
      return runProxy(command.program, command.options, terminal);
  }
}

function sentenceFor(error: Error): string {
  if (error instanceof LoginRequired) return `${error.message}. Run: holdfast login`;
  const expected =
    error instanceof ClientError || error instanceof NotApproved || error instanceof WrongUsage;
  const cause = error.cause instanceof Error && !expected ? `: ${error.cause.message}` : '';
  return plainText(`${error.message}${cause}`);
}

/** What `fetch` throws when there is no answer is a TypeError with a cause. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof ProviderUnreachable || (error instanceof TypeError && error.cause !== undefined);
}
