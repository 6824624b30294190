import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serverCore } from '../machine.js';
import { processorTimeOf } from './server-process.js';

const program = process.env['TEST_NGINX_BIN'] ?? '/usr/sbin/nginx';

/** Debian's nginx as a plain proxy that holds nothing back, in one process. */
export class NginxProcess {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, port: number, folder: string) {
    this.#child = child;
    this.port = port;
    this.#folder = folder;
  }

  static async start(port: number, behind: number): Promise<NginxProcess> {
    if (!existsSync(program)) {
      throw new Error(
        `nginx is not at ${program}. Debian and Ubuntu: apt-get install nginx; or name it in TEST_NGINX_BIN.`,
      );
    }
    const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-nginx-'));
    const file = path.join(folder, 'nginx.conf');
    writeFileSync(file, configuration(folder, port, behind));
    const [command, ...before] = [...serverCore().slice(0, -1), program];
    const child = spawn(command, [...before, '-c', file, '-p', folder], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await reachable(port, child);
    return new NginxProcess(child, port, folder);
  }

  processorTime(): number | undefined {
    return processorTimeOf(this.#child.pid);
  }

  async stop(): Promise<void> {
    const exit = once(this.#child, 'exit');
    if (this.#child.kill('SIGTERM')) await exit;
    rmSync(this.#folder, { recursive: true });
  }
}

function configuration(folder: string, port: number, behind: number): string {
  return `
daemon off; master_process off; pid ${folder}/pid; error_log stderr error;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/f;
  uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  keepalive_requests 1000000000;
  upstream provider { server 127.0.0.1:${behind}; keepalive 256; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://provider;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Authorization "Bearer key-of-the-bench";
      proxy_buffering off;
    }
  }
}
`;
}

async function reachable(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode} before it was ready`);
    const socket = connect(port, '127.0.0.1');
    const there = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (there) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
