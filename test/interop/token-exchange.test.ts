import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import * as oauth from 'oauth4webapi';
import { parse } from 'yaml';
import { createBackend } from '../../examples/exchange/backend.js';
import { createStandIn } from '../../examples/exchange/stand-in.js';
import { freePort } from '../../examples/support/free-port.js';
import type { ConfigFile } from '../../src/config/schema.js';
import { gatewayA, secretOf } from '../support/clients.js';
import { holdfastTrusting } from '../support/exchange-desk.js';
import { FakeIssuer } from '../support/fake-issuer.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { introspect } from '../support/login.js';
import { unique } from '../support/records.js';

const insecure = { [oauth.allowInsecureRequests]: true } as const;
const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange';
const listening = async (server: Server, port = 0) => {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

describe('token exchange by libraries, unmodified', () => {
  const servers: Server[] = [];
  const started: { close(): Promise<unknown> }[] = [];
  after(async () => {
    for (const server of servers) server.close().closeAllConnections();
    for (const each of started) await each.close();
  });

  it('works with oauth4webapi', async () => {
    const source = await FakeIssuer.open();
    const holdfast: Holdfast = await holdfastTrusting([source.entry()]);
    started.push(holdfast, source);
    const issuer = new URL(holdfast.issuer);
    const server = await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, insecure),
    );
    assert.ok(server.grant_types_supported?.includes(grantType));
    const client: oauth.Client = { client_id: 'exchanger' };
    const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
    const authentication = oauth.ClientSecretBasic(secretOf('exchanger'));
    const wish = {
      subject_token: await source.sign({ sub: unique('sub') }),
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      resource: gatewayA,
    };
    const ask = async () =>
      oauth.processGenericTokenEndpointResponse(
        server,
        client,
        await oauth.genericTokenEndpointRequest(server, client, authentication, grantType, wish, {
          DPoP,
          ...insecure,
        }),
      );
    const tokens = await ask().catch((error: unknown) => {
      if (oauth.isDPoPNonceError(error)) return ask();
      throw error;
    });
    assert.equal(tokens.token_type, 'dpop');
    assert.equal((await introspect(holdfast.issuer, tokens.access_token, 'rs-a')).body['active'], true);
  });

  it('works with openid-client in the example, with the example’s own configuration', async () => {
    const file = path.resolve(import.meta.dirname, '../../../examples/exchange/holdfast.yaml');
    const written = parse(readFileSync(file, 'utf8')) as ConfigFile;
    const [loginPort, gatewayPort] = [await freePort(), await freePort()];
    const login = new URL(`http://localhost:${loginPort}`);
    const standIn = await createStandIn(login, 'example-app');
    servers.push(standIn);
    await listening(standIn, loginPort);
    const { data_dir: _folder, ...settings } = written;
    const holdfast = await startHoldfast({
      ...settings,
      trusted_issuers: (written.trusted_issuers ?? []).map((each) => ({ ...each, issuer: login.origin })),
      example_gateway: { enabled: true, port: gatewayPort },
    });
    started.push(holdfast);
    const backend = await createBackend({
      issuer: new URL(holdfast.issuer),
      gateway: new URL(String(holdfast.config.resources[0]?.identifier)),
      clientId: 'example-exchange',
      clientSecret: 'development-only-exchange-secret',
    });
    servers.push(backend);
    const address = `http://127.0.0.1:${await listening(backend)}/ask`;
    const ask = (idToken: string) =>
      fetch(address, { method: 'POST', headers: { authorization: `Bearer ${idToken}` }, body: 'hello' });
    const idToken = await (await fetch(`${login.origin}/id-token?sub=${unique('ada')}`)).text();
    const answer = await ask(idToken);
    assert.equal(answer.status, 200, await answer.clone().text());
    assert.match(await answer.text(), /You said: hello/);
    assert.equal((await ask(`${idToken}x`)).status, 401);
  });
});
