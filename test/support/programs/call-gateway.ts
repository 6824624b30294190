/* A client app in a process of its own: calls the gateway, keeps every answer, and writes down its whole memory. */
import { writeHeapSnapshot } from 'node:v8';
import { systemClock } from '../../../src/lib/clock.js';
import { systemRandom } from '../../../src/lib/random.js';
import { createProof, generateProofKey } from '../../../src/proof/create-proof.js';

export interface CallerTask {
  readonly address: string;
  readonly origin: string;
  readonly token: string;
  readonly target: string;
  readonly body: string;
  readonly calls: number;
  readonly snapshot: string;
}

const task = JSON.parse(process.argv[2] ?? '') as CallerTask;
const { address, origin, token, target, body, calls, snapshot } = task;
const key = await generateProofKey();
const url = origin + target;
let nonce: string | undefined;
const kept: object[] = [];

async function call(): Promise<Response> {
  const claims = { method: 'POST', url, accessToken: token, ...(nonce !== undefined && { nonce }) };
  const dpop = await createProof(key, claims, { clock: systemClock, random: systemRandom });
  const headers = { authorization: `DPoP ${token}`, dpop, 'content-type': 'application/json' };
  const response = await fetch(address + target, { method: 'POST', headers, body });
  nonce = response.headers.get('dpop-nonce') ?? nonce;
  kept.push([response.status, ...response.headers, await response.text()]);
  return response;
}

// Its token is bound to the key that it has just made.
console.log(key.jkt);
await call();
for (let index = 0; index < calls; index += 1) console.log((await call()).status);
writeHeapSnapshot(snapshot);
console.log(kept.length);
