import { spawn } from 'node:child_process';

export interface Ran {
  readonly code: number;
  readonly out: string;
}

/** Runs a program of the system. Secrets go in by standard input: the list of processes shows arguments to everybody. */
export type RunProgram = (command: string, parameters: readonly string[], input?: string) => Promise<Ran>;

/** `code` is 127 where there is no such program, as in a shell. */
export const runProgram: RunProgram = (command, parameters, input = '') =>
  new Promise((resolve, reject) => {
    const child = spawn(command, parameters, { stdio: ['pipe', 'pipe', 'ignore'] });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve({ code: 127, out: '' });
      else reject(error);
    });
    child.on('close', (code) => resolve({ code: code ?? 1, out }));
    // One that leaves before it has read everything is judged by its code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
