import { spawn } from 'node:child_process';
import { LoginRequired } from '../../client-error.js';
import { openSession, type Session, type SessionOptions } from '../session.js';
import { exitCodes, WrongUsage, type Terminal } from '../terminal.js';
import { AskingOnce } from './asking-once.js';
import { usualKeepAlive, type KeepAlive } from './held-answer.js';
import { startProxy, type ProxyServer } from './proxy-server.js';

export interface ProxyOptions extends SessionOptions {
  readonly port?: number;
  readonly socket?: string;
  readonly exec?: true;
  /** Unset: the usual one. */
  readonly keepAlive?: KeepAlive;
}

/** `holdfast proxy`: until it is stopped, or until the program that it was given ends. */
export async function runProxy(
  program: readonly string[],
  options: ProxyOptions,
  terminal: Terminal,
): Promise<number> {
  const [command, ...parameters] = program;
  if ((options.exec === true) !== (command !== undefined)) {
    throw new WrongUsage(
      'A program to start comes after --exec --, as in: holdfast proxy --exec -- python agent.py',
    );
  }
  if (options.exec && options.socket !== undefined)
    throw new WrongUsage('--exec needs a port, not --socket.');
  const session = await openSession(options, terminal);
  await signedIn(session, terminal);
  const asking = new AskingOnce(session.login, () => session.ask(), terminal.clock);
  const proxy = await startProxy({
    asking,
    resource: session.profile.resource,
    keepAlive: options.keepAlive ?? usualKeepAlive,
    random: terminal.random,
    ...(options.port !== undefined && { port: options.port }),
    ...(options.socket !== undefined && { socket: options.socket }),
    onError: (error) => terminal.say(`The proxy failed: ${error instanceof Error ? error.name : 'unknown'}`),
  });
  try {
    if (command !== undefined) return await runProgramWith(proxy, command, parameters, terminal);
    terminal.out(whatToCopy(proxy, options.socket));
    terminal.say(`Calls go to ${session.profile.resource}. Ctrl-C ends it, and the key with it.`);
    await terminal.stopped();
    return exitCodes.done;
  } finally {
    await proxy.close();
  }
}

async function signedIn(session: Session, terminal: Terminal): Promise<void> {
  try {
    await session.login.access();
  } catch (error) {
    if (!(error instanceof LoginRequired)) throw error;
    terminal.say('Sign in first.');
    await session.ask();
  }
}

function variablesOf({ origin = '', secret }: ProxyServer): Record<string, string> {
  return {
    OPENAI_BASE_URL: `${origin}/v1`,
    OPENAI_API_KEY: secret,
    ANTHROPIC_BASE_URL: origin,
    ANTHROPIC_API_KEY: secret,
  };
}

function whatToCopy(proxy: ProxyServer, socket: string | undefined): string {
  if (socket !== undefined) return `HOLDFAST_PROXY_SOCKET=${socket}\nOPENAI_API_KEY=${proxy.secret}\n`;
  const lines = Object.entries(variablesOf(proxy)).map(([name, value]) => `export ${name}=${value}`);
  return `${lines.join('\n')}\n`;
}

/** Its exit code; 128 and more when a signal ended it, as a shell says it. */
function runProgramWith(
  proxy: ProxyServer,
  command: string,
  parameters: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const child = spawn(command, parameters, {
    stdio: 'inherit',
    // Law 7: it gets what is good at this proxy alone, not what opens the login.
    env: { ...terminal.environment, HOLDFAST_PASSPHRASE: undefined, ...variablesOf(proxy) },
  });
  return new Promise((resolve) => {
    child.once('error', () => {
      terminal.say(`${command} can't be started.`);
      resolve(127);
    });
    child.once('close', (code) => resolve(code ?? 130));
  });
}
