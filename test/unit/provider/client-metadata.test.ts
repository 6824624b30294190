import { strict as assert } from 'node:assert';
import { Provider } from 'oidc-provider';
import { clientMetadataNames } from '../../../src/config/client-metadata.js';
import { loadConfig } from '../../../src/config/load.js';
import { ownClientMetadata } from '../../../src/provider/client-policy.js';
import { providerConfiguration, type ConfigurationPorts } from '../../../src/provider/configuration.js';
import { instance } from '../../../src/provider/internals.js';
import { createResources } from '../../../src/provider/resources.js';
import { MovableClock } from '../../support/clock.js';

describe('a name that client metadata may use', () => {
  it('has an effect: oidc-provider knows it as it is configured here, or we do', () => {
    const yaml = 'mtls: { certificates_from: header }\ntrusted_proxies: [127.0.0.1]\n';
    const loaded = loadConfig({ env: { HOLDFAST_CONFIG: 'test.yaml' }, readFile: () => yaml });
    assert.ok(loaded.ok);
    const ports = {
      config: loaded.config,
      masterKey: Buffer.alloc(32),
      clock: new MovableClock(),
      resources: createResources([]),
      adapter: () => ({}),
    } as unknown as ConfigurationPorts;
    const provider = new Provider(loaded.config.issuer, providerConfiguration(ports, { keys: [] }));
    assert.ok(provider.Client);
    const recognized: unknown = Reflect.get(instance(provider), 'RECOGNIZED_METADATA');
    assert.ok(Array.isArray(recognized) && recognized.includes('redirect_uris'));
    const effective = new Set<unknown>([...recognized, ...ownClientMetadata]);
    assert.deepEqual(
      [...clientMetadataNames].filter((name) => !effective.has(name)),
      [],
    );
  });
});
