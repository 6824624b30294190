import { spawn } from 'node:child_process';
import { env } from 'node:process';

const commands: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** Whether somebody at this machine could look at a browser: false over ssh and on a server. */
export function hasBrowser(): boolean {
  if (env['SSH_CONNECTION'] !== undefined) return false;
  return process.platform in commands || Boolean(env['DISPLAY'] ?? env['WAYLAND_DISPLAY']);
}

/** Tries to open the person's browser; says nothing when there is none, since the address was printed. */
export function openBrowser(address: string): void {
  if (!isWebAddress(address)) return;
  const [command, ...parameters] = commands[process.platform] ?? ['xdg-open'];
  const child = spawn(command, [...parameters, address], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}

/** The gateway named the issuer, and that this address; any other scheme could start a program of this machine. */
export function isWebAddress(address: string): boolean {
  return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
}
