import { readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { styleText } from 'node:util';
import { renderUnicodeCompact } from 'uqr';
import { hasBrowser, openBrowser } from '../client/command/browser.js';
import { runProgram } from '../client/command/keystore/run-program.js';
import { runPersonCommand, type PersonCommand } from '../client/command/run-command.js';
import type { Terminal } from '../client/command/terminal.js';
import { processEnvironment } from '../config/process-environment.js';
import { systemClock } from '../lib/clock.js';
import { systemRandom } from '../lib/random.js';

/** `holdfast login`, `token`, `logout`, `curl`, `proxy`: the exit code. */
export async function runForPerson(
  name: PersonCommand['name'],
  operands: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const [address = ''] = operands;
  const command = {
    name,
    options,
    ...(name === 'curl' && { address }),
    ...(name === 'proxy' && { program: operands }),
  };
  const code = await runPersonCommand(command as unknown as PersonCommand, terminal());
  await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
  // Nobody waits for a person any longer who may still be asked.
  process.exit(code);
}

function terminal(): Terminal {
  const environment = processEnvironment();
  const { platform } = process;
  return {
    environment,
    platform,
    home: homedir(),
    clock: systemClock,
    random: systemRandom,
    fetch,
    run: runProgram,
    out: (text) => void process.stdout.write(text),
    say: (text) => void process.stderr.write(`${text}\n`),
    qrCode,
    readBytes: (from) => (from === 'stdin' ? buffer(process.stdin) : readFile(from.file)),
    writeFile,
    wait: (milliseconds) => wait(milliseconds, undefined, { ref: true }),
    stopped: () =>
      new Promise((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
      }),
    openBrowser: (address) => openBrowser(address, platform),
    hasBrowser: hasBrowser(environment, platform),
  };
}

/** Light on dark in its own colours, since many cameras read no other. */
function qrCode(text: string): string {
  const colours: Parameters<typeof styleText>[0] = ['whiteBright', 'bgBlack'];
  return renderUnicodeCompact(text, { border: 2 })
    .split('\n')
    .map((line) => `  ${styleText(colours, line, { stream: process.stderr })}`)
    .join('\n');
}
