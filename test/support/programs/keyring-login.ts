import { chooseKeystore, openKeystore } from '../../../src/client/command/keystore/choose-keystore.js';
import { runProgram } from '../../../src/client/command/keystore/run-program.js';
import { sealedLoginStore } from '../../../src/client/command/sealed-login-store.js';
import { generateProofKey } from '../../../src/client/index.js';
import { systemRandom } from '../../../src/lib/random.js';

/* Keeps a login in the keystore that this session has, and says what became of it, a line each. */

const [folder = ''] = process.argv.slice(2);
const around = { platform: process.platform, run: runProgram, random: systemRandom, passphrase: undefined };
const keystore = await chooseKeystore(around);
console.log(keystore);
const open = () => sealedLoginStore(`${folder}/mine.login`, openKeystore(keystore, 'mine', folder, around));
const key = await generateProofKey('ES256', true);
const identity = { issuer: 'https://login.example', clientId: 'cli', resource: 'https://models.example/' };
const tokens = { accessToken: 'hldf_at_x', refreshToken: 'hldf_rt_secret', expiresAt: 1, granted: [] };
await open().write({ ...identity, key, tokens });
const kept = await open().read();
console.log(kept?.key.jkt === key.jkt && kept.tokens?.refreshToken === 'hldf_rt_secret' ? 'kept' : 'lost');
const sealing = await openKeystore(keystore, 'mine', folder, around).read();
console.log(Buffer.from(sealing ?? []).toString('base64url'));
await open().remove();
console.log((await openKeystore(keystore, 'mine', folder, around).read()) === undefined ? 'removed' : 'left');
