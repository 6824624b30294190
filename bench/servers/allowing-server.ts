/* Stands for an authorization server that allows every call at once: what Holdfast itself costs is measured by `bench calls`. */
import { createServer, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';

const port = Number(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;
const metadata = {
  issuer,
  introspection_endpoint: `${issuer}/introspect`,
  call_authorization_endpoint: `${issuer}/calls`,
  usage_endpoint: `${issuer}/usage`,
  revocation_feed_endpoint: `${issuer}/feed`,
};
const resource = process.argv[3];
let calls = 0;

createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const say = (value: object): void => void response.end(JSON.stringify(value));
  if (request.url?.startsWith('/.well-known/')) return say(metadata);
  if (request.url === '/feed') return feed(response);
  void json(request).then((asked) => {
    const { jkt } = asked as { jkt?: string };
    if (jkt === undefined) return say({ reports: [] });
    const token = { active: true, client_id: 'app', sub: 'person', aud: resource, scope: 'model:call' };
    calls += 1;
    say({ decision: 'allow', call_id: `call_${calls}`, introspection: { ...token, cnf: { jkt } } });
  });
}).listen(port, '127.0.0.1', () => process.send?.({ ready: {} }));
process.on('disconnect', () => process.exit());

/** A feed that has nothing to say but that it is there. */
function feed(response: ServerResponse): void {
  const say = (event: string, said: object): void =>
    void response.write(`event: ${event}\ndata: ${JSON.stringify(said)}\n\n`);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  say('hello', { feed: 'bench', heartbeat: 500 });
  say('reset', {});
  say('alive', {});
  const beat = setInterval(() => say('alive', {}), 500);
  response.once('close', () => clearInterval(beat));
}
