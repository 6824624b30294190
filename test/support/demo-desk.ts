import { freePort } from '../../examples/support/free-port.js';
import type { PasskeyStore } from '../../src/accounts/passkey-store.js';
import { MovableClock } from './clock.js';
import { type Holdfast, sharedStorage, startHoldfast } from './harness.js';

export interface DemoDesk {
  readonly holdfast: Holdfast;
  /** From now on no story can begin. */
  breakOff(): void;
  close(): Promise<void>;
}

/** A server with the example gateway, as `npm start` starts it for development. */
export async function openDemoDesk(): Promise<DemoDesk> {
  let broken = false;
  const storage = await sharedStorage();
  const passkeys = new Proxy(storage.passkeys, {
    get(target, name: keyof PasskeyStore) {
      if (broken && name === 'insert') return () => Promise.resolve('duplicate');
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
  const port = await freePort();
  const resource = `http://localhost:${port}/`;
  const secret = 'gateway-secret-of-more-than-thirty-two-characters';
  const holdfast = await startHoldfast(
    {
      environment: 'development',
      example_gateway: { enabled: true, port },
      clients: [
        {
          client_id: 'example-cli',
          client_name: 'Example command line',
          application_type: 'native',
          token_endpoint_auth_method: 'none',
          redirect_uris: ['http://127.0.0.1/callback'],
          grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code'],
          dpop_bound_access_tokens: true,
          authorization_details_types: ['model_call'],
        },
        {
          client_id: 'example-gateway',
          client_secret: secret,
          redirect_uris: [],
          grant_types: [],
          response_types: [],
        },
      ],
      resources: [
        { identifier: resource, scope: 'model:read model:call', resource_servers: ['example-gateway'] },
      ],
      tiers: [
        { id: 'standard', title: 'Standard', models: ['*'] },
        { id: 'premium', title: 'Premium', models: ['*-large'], acr: 'urn:holdfast:acr:phr', max_age: 3600 },
        {
          id: 'frontier',
          title: 'Frontier',
          models: ['*-frontier'],
          acr: 'urn:holdfast:acr:phr',
          max_age: 300,
          approval: 'budget',
          budget: '2.00',
        },
      ],
      dangerously_allow_test_login: false,
    },
    { storage: { ...storage, passkeys }, clock: new MovableClock() },
  );
  return { holdfast, breakOff: () => void (broken = true), close: () => holdfast.close() };
}
