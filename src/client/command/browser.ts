import { spawn } from 'node:child_process';

type Environment = Readonly<Record<string, string | undefined>>;

const commands: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** Whether somebody at this machine could look at a browser: false over ssh and on a server. */
export function hasBrowser(environment: Environment, platform: NodeJS.Platform): boolean {
  if (environment['SSH_CONNECTION'] !== undefined) return false;
  return platform in commands || Boolean(environment['DISPLAY'] ?? environment['WAYLAND_DISPLAY']);
}

/** Tries to open the person's browser; says nothing when there is none, since the address was printed. */
export function openBrowser(address: string, platform: NodeJS.Platform): void {
  if (!isWebAddress(address)) return;
  const [command, ...parameters] = commands[platform] ?? ['xdg-open'];
  const child = spawn(command, [...parameters, address], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}

/** The gateway named the issuer, and that this address; any other scheme could start a program of this machine. */
export function isWebAddress(address: string): boolean {
  return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
}
