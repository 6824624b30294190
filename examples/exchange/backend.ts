import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import * as client from 'openid-client';

export interface BackendOptions {
  readonly issuer: URL;
  readonly gateway: URL;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The backend of an app that has a login: its people come with the ID token of that login, as they do already. */
export async function createBackend({
  issuer,
  gateway,
  clientId,
  clientSecret,
}: BackendOptions): Promise<Server> {
  const options = issuer.protocol === 'http:' ? { execute: [client.allowInsecureRequests] } : {};
  const config = await client.discovery(issuer, clientId, clientSecret, undefined, options);
  const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair());

  /* Everything that is new is these ten lines. */
  const askModel = async (idToken: string, prompt: string): Promise<Response> => {
    const grant = 'urn:ietf:params:oauth:grant-type:token-exchange';
    const subject_token_type = 'urn:ietf:params:oauth:token-type:id_token';
    const wish = { subject_token: idToken, subject_token_type, resource: gateway.href };
    const { access_token: token } = await client.genericGrantRequest(config, grant, wish, { DPoP });
    const body = JSON.stringify({ model: 'echo', messages: [{ role: 'user', content: prompt }] });
    const headers = new Headers({ 'content-type': 'application/json' });
    const address = new URL('/v1/chat/completions', gateway);
    return client.fetchProtectedResource(config, token, address, 'POST', body, headers, { DPoP });
  };

  return createServer((request, response) => {
    const idToken = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
    text(request)
      .then((prompt) => askModel(idToken, prompt))
      .then(async (answer) => response.writeHead(answer.status).end(`${await answer.text()}\n`))
      .catch((error: unknown) => {
        const says = error instanceof client.ResponseBodyError ? error.error_description : undefined;
        response.writeHead(401).end(`${says ?? 'the model can not be asked'}\n`);
      });
  });
}
