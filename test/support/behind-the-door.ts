import type { ConfigFile } from '../../src/config/schema.js';
import { writeFiles } from './certified-client.js';
import type { FrontDoor } from './front-door.js';
import { type HarnessOptions, type Holdfast, startHoldfast } from './harness.js';
import { localhostCertificate } from './localhost-certificate.js';

/** A server whose issuer is the address of the door; it speaks https itself where the door does. */
export async function startBehind(
  door: FrontDoor,
  overrides: ConfigFile = {},
  options: HarnessOptions = {},
): Promise<Holdfast> {
  const secure = door.origin.startsWith('https:');
  const file = writeFiles({ ...localhostCertificate });
  const tls = secure ? { tls: { cert: file('cert'), key: file('key') } } : {};
  const holdfast = await startHoldfast({ issuer: door.origin, ...tls, ...overrides }, options);
  door.behind = () => `${secure ? 'https' : 'http'}://127.0.0.1:${holdfast.config.port}`;
  return holdfast;
}
