import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../examples/support/free-port.js';

const root = path.resolve(import.meta.dirname, '../../..');

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of a test's own with ports of its own: what an operator's machine is. */
export class Installation {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'holdfast-'));
  readonly env: Record<string, string>;
  readonly #children = new Set<ChildProcess>();

  private constructor(env: Record<string, string>) {
    this.env = env;
  }

  /** With the config file that we ship and the test login. */
  static async make(env: Record<string, string> = {}): Promise<Installation> {
    const [port, gateway, management] = [await freePort(), await freePort(), await freePort()];
    return new Installation({
      PATH: process.env['PATH'] ?? '',
      ...coverage(),
      HOLDFAST_CONFIG: path.join(root, 'config/holdfast.yaml'),
      HOLDFAST_DANGEROUSLY_ALLOW_TEST_LOGIN: 'true',
      PORT: String(port),
      HOLDFAST_EXAMPLE_GATEWAY_PORT: String(gateway),
      MANAGEMENT_PORT: String(management),
      ...env,
    });
  }

  get issuer(): string {
    return `http://localhost:${this.env['PORT']}`;
  }

  /** Starts the server; resolves when it has told where to look. */
  async start(
    env: Record<string, string> = {},
    program: readonly string[] = ['dist/src/main.js'],
  ): Promise<RunningProcess> {
    const child = this.#spawn(program, env);
    const running = new RunningProcess(child);
    const started = running.waitFor(/ {2}database /);
    const failed = running.finished.then(({ code, stderr, stdout }) => {
      throw new Error(`the server ended with ${code}:\n${stderr}${stdout}`);
    });
    await Promise.race([started, failed]);
    failed.catch(() => {});
    return running;
  }

  /** Runs the server and waits for it to end by itself. */
  runServer(env: Record<string, string> = {}): Promise<Finished> {
    return new RunningProcess(this.#spawn(['dist/src/main.js'], env)).finished;
  }

  /** `holdfast …` to its end. */
  command(args: readonly string[], env: Record<string, string> = {}): Promise<Finished> {
    return new RunningProcess(this.#spawn(['bin/holdfast', ...args], env)).finished;
  }

  /** `holdfast … --json`: its code and what it printed. */
  async json(
    args: readonly string[],
    env: Record<string, string> = {},
  ): Promise<{ code: number | null; body: Json }> {
    const { code, stdout, stderr } = await this.command([...args, '--json'], env);
    if (!stdout.startsWith('{')) throw new Error(`no JSON: ${stdout}${stderr}`);
    return { code, body: JSON.parse(stdout) as Json };
  }

  /** Runs a script of the test's own that may import our packages. */
  script(text: string): RunningProcess {
    const file = path.join(root, 'dist', `script-${path.basename(this.folder)}.mjs`);
    writeFileSync(file, text);
    const running = new RunningProcess(this.#spawn([file], {}));
    void running.finished.then(() => rmSync(file, { force: true }));
    return running;
  }

  async remove(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  #spawn([file = '', ...args]: readonly string[], env: Record<string, string>): ChildProcess {
    const child = spawn(process.execPath, [path.resolve(root, file), ...args], {
      cwd: this.folder,
      env: { ...this.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#children.add(child);
    return child;
  }
}

export type Json = Readonly<Record<string, unknown>>;

export class RunningProcess {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  stdout = '';
  stderr = '';

  constructor(child: ChildProcess) {
    this.child = child;
    child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.finished = once(child, 'close').then(([code]) => ({
      code: code as number | null,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
  }

  /** What standard output matches, once it does. */
  waitFor(shape: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve) => {
      const look = () => {
        const found = shape.exec(this.stdout);
        if (!found) return;
        this.child.stdout?.off('data', look);
        resolve(found);
      };
      this.child.stdout?.on('data', look);
      look();
    });
  }

  stop(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL' = 'SIGTERM'): Promise<Finished> {
    this.child.kill(signal);
    return this.finished;
  }
}

/** So that c8 sees what the child runs. */
function coverage(): Record<string, string> {
  const folder = process.env['NODE_V8_COVERAGE'];
  return folder === undefined ? {} : { NODE_V8_COVERAGE: folder };
}
