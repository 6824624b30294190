import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:https';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as client from 'openid-client';
import type { Browser } from 'playwright-core';
import { Agent, fetch as undiciFetch } from 'undici';
import { createRelyingParty } from '../../examples/dbsc/relying-party.js';
import { createDeviceSessions, createMemoryStore } from '../../src/dbsc/index.js';
import type { DeviceSession } from '../../src/dbsc/index.js';
import { startBehind } from '../support/behind-the-door.js';
import { binding, DeviceSessions } from '../support/bound-browser.js';
import { launchBrowser, Person } from '../support/browser.js';
import { secretOf, testClients } from '../support/clients.js';
import { FrontDoor } from '../support/front-door.js';
import type { Holdfast } from '../support/harness.js';
import { localhostCertificate } from '../support/localhost-certificate.js';
import { unique } from '../support/records.js';

/** A store that a test looks into. */
function watchedStore() {
  const store = createMemoryStore();
  const made: DeviceSession[] = [];
  const create = async (session: DeviceSession) => {
    made.push(session);
    return store.create(session);
  };
  return { store: { ...store, create }, made };
}

describe('a relying party of another site, in a browser whose session here is bound', () => {
  let door: FrontDoor;
  let holdfast: Holdfast;
  let browser: Browser;
  let server: Server;
  let origin: string;
  let listener: RequestListener;
  before(async () => {
    const names = '--host-resolver-rules=MAP *.test 127.0.0.1';
    [door, browser] = await Promise.all([FrontDoor.open(), launchBrowser([...binding, names])]);
    server = createServer(localhostCertificate, (request, response) => listener(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `https://relying.test:${(server.address() as AddressInfo).port}`;
    const relying = { redirect_uris: [`${origin}/callback`], dpop_bound_access_tokens: false };
    const of = (id: string) => ({ client_id: id, client_secret: secretOf(id), ...relying });
    const sharing = { ...of('sharing'), device_bound_session_sharing: true };
    holdfast = await startBehind(door, { clients: [...testClients, sharing, of('ordinary')] });
  });
  after(async () => {
    await browser.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await holdfast.close();
    await door.close();
  });

  /** Signs in at the relying party, by way of Holdfast; what its session is held by, and what Holdfast's is. */
  async function signIn(clientId: string) {
    const { store, made } = watchedStore();
    const exclude = ['/login', '/callback'];
    const devices = createDeviceSessions({
      origin,
      key: Buffer.alloc(32, 1),
      store,
      exclude,
      provider: door.origin,
    });
    const dispatcher = new Agent({ connect: { ca: localhostCertificate.cert } });
    const customFetch = ((url: string, init: object) => undiciFetch(url, { ...init, dispatcher })) as never;
    const options = { [client.customFetch]: customFetch };
    const config = await client.discovery(
      new URL(door.origin),
      clientId,
      secretOf(clientId),
      undefined,
      options,
    );
    config[client.customFetch] = customFetch;
    const koa = createRelyingParty({ devices, origin, config }).callback();
    listener = (request, response) => void koa(request, response);

    const person = await Person.arrive(browser);
    const { page } = person;
    const sessions = await DeviceSessions.watch(person);
    await page.goto(`${door.origin}/account`);
    await page.getByLabel('Login').fill(unique('ada'));
    await page.getByRole('button', { name: 'Sign in as a test' }).click();
    await page.waitForURL(`${door.origin}/account`);
    const here = await keyHere(await sessions.registered());
    await page.goto(origin);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await page.getByText('’s session is').waitFor();
    await sessions.registered();
    await page.reload();
    await page.getByText('session is bound.').waitFor();
    await sessions.lose(origin, '__Host-bound');
    await page.reload();
    await page.getByText('session is bound.').waitFor();
    await person.context.close();
    await dispatcher.close();
    assert.equal(made.length, 1);
    return { here, there: made[0]?.key.thumbprint };
  }

  async function keyHere(id: string): Promise<string | undefined> {
    const nobody = { digest: Buffer.alloc(32), at: new Date(), idleSeconds: 1 };
    return (await holdfast.storage.boundSessions.find(id, nobody))?.key.thumbprint;
  }

  it('has its session held by the key that holds the session here', async () => {
    const { here, there } = await signIn('sharing');
    assert.ok(here);
    assert.equal(there, here);
  });

  it('has its session held by a key of its own where it did not ask for ours', async () => {
    const { here, there } = await signIn('ordinary');
    assert.ok(here && there);
    assert.notEqual(there, here);
  });
});
