import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { FakeFeed } from './fake-feed.js';

/** Stands for an authorization server that is somewhere else: metadata, and whatever answers it is told to give. */
export interface FakeAuthorizationServer {
  readonly issuer: string;
  readonly questions: { readonly authorization: string | undefined; readonly form: URLSearchParams }[];
  answer: (response: ServerResponse, form: URLSearchParams) => void;
  /** What /calls was asked. */
  readonly calls: Readonly<Record<string, unknown>>[];
  answerCall: (response: ServerResponse, members: Readonly<Record<string, unknown>>) => void;
  /** What was reported to /usage. */
  readonly reports: Readonly<Record<string, unknown>>[];
  /** Once it is set, the metadata names a revocation feed. */
  feed: FakeFeed | undefined;
  close(): Promise<void>;
}

export async function fakeAuthorizationServer(): Promise<FakeAuthorizationServer> {
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.url === '/.well-known/openid-configuration') {
      const metadata = {
        issuer: server.issuer,
        introspection_endpoint: `${server.issuer}/introspect`,
        call_authorization_endpoint: `${server.issuer}/calls`,
        usage_endpoint: `${server.issuer}/usage`,
        ...(server.feed && { revocation_feed_endpoint: `${server.issuer}/feed` }),
      };
      response.end(JSON.stringify(metadata));
      return;
    }
    if (request.url === '/feed') {
      server.feed?.accept(request, response);
      return;
    }
    const body = await text(request);
    if (request.url === '/calls') {
      const members = JSON.parse(body) as Record<string, unknown>;
      server.calls.push(members);
      server.answerCall(response, members);
      return;
    }
    if (request.url === '/usage') {
      const { reports } = JSON.parse(body) as { reports: Record<string, unknown>[] };
      server.reports.push(...reports);
      const statuses = reports.map(({ call_id }) => ({ call_id, status: 'recorded' }));
      response.end(JSON.stringify({ reports: statuses }));
      return;
    }
    const form = new URLSearchParams(body);
    server.questions.push({ authorization: request.headers.authorization, form });
    server.answer(response, form);
  };
  const http = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const server: FakeAuthorizationServer = {
    issuer: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    questions: [],
    answer: (response) => response.end('{"active":false}'),
    calls: [],
    answerCall: (response) => response.writeHead(500).end(),
    reports: [],
    feed: undefined,
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  return server;
}
