import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { PackedProject } from '../support/packed-project.js';

/** The code at the head of its document, and what a reader must bring along. */
const tenLines = /```ts\n([^]*?)```/.exec(readFileSync('docs/DBSC.md', 'utf8'))?.[1] ?? '';
const brought = `
import type { Context } from 'koa';
import { createMemoryStore } from '@holdfast/dbsc';
const [key, store] = [new Uint8Array(32), createMemoryStore()];
declare function yourPage(sid: string | undefined): string;
declare function signIn(ctx: Context, offer: (sid: string) => void): Promise<void>;
`;

describe('the packed package of bound sessions, installed into an empty project', () => {
  let project: PackedProject;
  before(function () {
    // It starts npm twice and a compiler.
    this.timeout(180_000);
    project = new PackedProject('dbsc');
    project.link('koa', '@types/koa', '@types/node', 'undici-types');
  });
  after(() => project.remove());

  it('compiles the ten lines of its document', () => {
    assert.ok(tenLines.split('\n').length <= 13, tenLines);
    project.write('app.ts', brought + tenLines);
    const options = { module: 'nodenext', moduleResolution: 'nodenext', skipLibCheck: true, noEmit: true };
    assert.equal(project.compile(['app.ts'], options), '');
  });

  it('runs, and needs no framework', async () => {
    project.write(
      'consumer.ts',
      `import { createDeviceSessions } from '@holdfast/dbsc';
       import { bindSessions } from '@holdfast/dbsc/fetch';
       const devices = createDeviceSessions({ origin: 'https://app.example', key: new Uint8Array(32) });
       export const server = bindSessions(devices, { session: () => 'sid' }, (_, device) => {
         device.offer('fresh');
         return new Response(device.state);
       });`,
    );
    assert.equal(project.compile(['consumer.ts'], { module: 'nodenext' }), '');
    const { server } = (await import(project.path('out/consumer.js'))) as {
      server: (request: Request) => Promise<Response>;
    };
    const answer = await server(new Request('https://app.example/'));
    assert.equal(await answer.text(), 'unbound');
    assert.match(answer.headers.get('secure-session-registration') ?? '', /^\(ES256 RS256\);path=/);
    const installed = readdirSync(project.path('node_modules/@holdfast/dbsc'));
    assert.ok(installed.includes('README.md') && installed.includes('LICENSE'));
  });
});
