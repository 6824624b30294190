import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../../..');
const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** The blocks of commands beneath a heading of a document, in their order. */
export function commandsOf(file: string, heading: string): readonly string[] {
  const [, beneath = ''] = `\n${readFileSync(path.join(root, file), 'utf8')}`.split(`\n${heading}\n`);
  const [section = ''] = beneath.split(/\n#{1,3} /);
  return [...section.matchAll(/```sh\n([^]*?)```/g)].map(([, block = '']) => block);
}

/** Somebody who types what a document says, to the letter, in the root of a clone that is installed and built already. */
export class Newcomer {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'holdfast-newcomer-'));
  readonly #terminals: ChildProcess[] = [];
  #said = '';

  constructor() {
    // The address is printed, and her browser is the test's.
    writeFileSync(path.join(this.folder, 'xdg-open'), '#!/bin/sh\n', { mode: 0o755 });
  }

  /** All that was printed in any terminal. */
  get said(): string {
    return this.#said;
  }

  /** Leaves the commands running, and waits until something listens on `port`. */
  async starts(commands: string, port: number): Promise<void> {
    if (await answers(port)) throw new Error(`something else listens on ${port}: stop it first`);
    const terminal = this.types(commands);
    while (!(await answers(port))) {
      if (terminal.child.exitCode !== null) throw new Error(`it ended:\n${this.#said}`);
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
    }
  }

  /** What is installed is not installed again, and npm's own scripts don't build what others are running. */
  types(commands: string): { readonly child: ChildProcess; readonly ended: Promise<string> } {
    const typed = commands
      .replace(/npm ci( && |\n)/, '')
      .replaceAll('npx holdfast', 'bin/holdfast')
      .replace(/npm start\b/, plain('start'))
      .replace(/npm run (\S+)( --)?/, (_, name: string) => plain(name));
    const env = {
      PATH: [this.folder, path.dirname(process.execPath), process.env['PATH'], '/usr/sbin'].join(':'),
      HOME: this.folder,
      XDG_CONFIG_HOME: this.folder,
      HOLDFAST_DATA_DIR: path.join(this.folder, 'data'),
      DISPLAY: ':none',
    };
    const child = spawn('/bin/bash', ['-euc', typed], {
      cwd: root,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#terminals.push(child);
    let out = '';
    child.stdout.on('data', (text: Buffer) => (out += String(text)));
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => (this.#said += String(text)));
    const ended = once(child, 'close').then(([code]) => {
      if (code !== 0) throw new Error(`${typed}\nended with ${String(code)}:\n${this.#said}`);
      return out;
    });
    ended.catch(() => {});
    return { child, ended };
  }

  /** The next address that a terminal printed for her browser; `known` were visited. */
  async address(known: ReadonlySet<string>): Promise<string> {
    for (;;) {
      const found = [...this.#said.matchAll(/http:\/\/localhost:\d+\/authorize\S+/g)].map(([each]) => each);
      const next = found.find((each) => !known.has(each));
      if (next !== undefined) return next;
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
    }
  }

  async leaves(): Promise<void> {
    for (const { pid, exitCode } of this.#terminals)
      if (pid && exitCode === null) process.kill(-pid, 'SIGTERM');
    await Promise.all(this.#terminals.map(async (child) => child.exitCode ?? once(child, 'close')));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function plain(script: string): string {
  return (scripts[script] ?? '').replace(/^exec /, '');
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
