import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Stands for an authorization server that is somewhere else: metadata and whatever introspection it is told. */
export interface FakeAuthorizationServer {
  readonly issuer: string;
  readonly questions: { readonly authorization: string | undefined; readonly form: URLSearchParams }[];
  answer: (response: ServerResponse, form: URLSearchParams) => void;
  close(): Promise<void>;
}

export async function fakeAuthorizationServer(): Promise<FakeAuthorizationServer> {
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.url === '/.well-known/openid-configuration') {
      const metadata = { issuer: server.issuer, introspection_endpoint: `${server.issuer}/introspect` };
      response.end(JSON.stringify(metadata));
      return;
    }
    const form = new URLSearchParams(await text(request));
    server.questions.push({ authorization: request.headers.authorization, form });
    server.answer(response, form);
  };
  const http = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const server: FakeAuthorizationServer = {
    issuer: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    questions: [],
    answer: (response) => response.end('{"active":false}'),
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  return server;
}
