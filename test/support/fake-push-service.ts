import { createDecipheriv, createECDH, type ECDH, hkdfSync, randomBytes } from 'node:crypto';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PushMessage } from '../../src/stepup/push-message.js';
import type { PushTarget } from '../../src/stepup/push-subscription.js';

/** What a push service took, and what the browser behind it reads. */
export interface TakenPush {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Undefined where the body was encrypted for another browser. */
  readonly message: PushMessage | undefined;
}

interface Browser {
  readonly ecdh: ECDH;
  readonly auth: Buffer;
}

/** The push service of some browsers (RFC 8030), on the loopback. */
export class FakePushService {
  readonly taken: TakenPush[] = [];
  /** What it answers from now on. */
  status = 201;
  connections = 0;
  readonly #server: Server;
  readonly #browsers = new Map<string, Browser>();

  private constructor() {
    this.#server = createServer((request, response) => void this.#take(request, response));
    this.#server.on('connection', () => (this.connections += 1));
  }

  static async open(): Promise<FakePushService> {
    const service = new FakePushService();
    await new Promise<void>((resolve) => service.#server.listen(0, '127.0.0.1', resolve));
    return service;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What a browser's `pushManager.subscribe` would give. */
  subscribe(): PushTarget {
    const path = `/push/${randomBytes(16).toString('base64url')}`;
    const browser = { ecdh: createECDH('prime256v1'), auth: randomBytes(16) };
    browser.ecdh.generateKeys();
    this.#browsers.set(path, browser);
    return {
      endpoint: this.origin + path,
      keys: { p256dh: browser.ecdh.getPublicKey('base64url'), auth: browser.auth.toString('base64url') },
    };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { url: path = '', headers } = request;
    this.taken.push({ path, headers, body, message: this.#read(path, body) });
    response.writeHead(this.status).end();
  }

  #read(path: string, body: Buffer): PushMessage | undefined {
    const browser = this.#browsers.get(path);
    return browser && (JSON.parse(decrypt(body, browser).toString()) as PushMessage);
  }
}

/** RFC 8291 §3.4 and RFC 8188 §2: salt, record size, the sender's key; then one record of AES-128-GCM. */
function decrypt(body: Buffer, { ecdh, auth }: Browser): Buffer {
  const salt = body.subarray(0, 16);
  const keyLength = body.readUInt8(20);
  const senderKey = body.subarray(21, 21 + keyLength);
  const sealed = body.subarray(21 + keyLength);
  const expand = (key: Uint8Array, from: Uint8Array, info: Uint8Array | string, length: number) =>
    Buffer.from(hkdfSync('sha256', key, from, info, length));
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), ecdh.getPublicKey(), senderKey]);
  const secret = expand(ecdh.computeSecret(senderKey), auth, info, 32);
  const key = expand(secret, salt, 'Content-Encoding: aes128gcm\0', 16);
  const nonce = expand(secret, salt, 'Content-Encoding: nonce\0', 12);
  const decipher = createDecipheriv('aes-128-gcm', key, nonce).setAuthTag(sealed.subarray(-16));
  const padded = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  return padded.subarray(0, padded.lastIndexOf(2));
}
