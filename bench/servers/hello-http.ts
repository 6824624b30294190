/* The least that node:http can do: the yardstick of every ratio. */
import { createServer } from 'node:http';

const body = JSON.stringify({ active: true, hello: 'world' });

createServer((_, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(body);
}).listen(Number(process.argv[2]), '127.0.0.1', () => process.send?.({ ready: {} }));
process.on('disconnect', () => process.exit());
