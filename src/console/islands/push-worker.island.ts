/*
 * The service worker at /push.js. It shows what a push says and opens the page that it leads to; it sees no request and
 * keeps nothing.
 */
interface PushMessage {
  readonly title: string;
  readonly body: string;
  readonly path: string;
  readonly tag: string;
}

interface Waiting extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface Pushed extends Waiting {
  readonly data: { json(): unknown } | null;
}

interface Pressed extends Waiting {
  readonly notification: Notification;
}

/** What a service worker has of its own; the DOM's types know it not. */
interface Worker {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: { openWindow(address: string): Promise<unknown> };
  skipWaiting(): Promise<void>;
}

const own = globalThis as unknown as Worker;

addEventListener('install', (event) => (event as Waiting).waitUntil(own.skipWaiting()));

addEventListener('push', (event) => {
  const pushed = event as Pushed;
  if (!pushed.data) return;
  const { title, body, path, tag } = pushed.data.json() as PushMessage;
  // It waits for her: what asks is over in minutes, and may cost money.
  const shown = own.registration.showNotification(title, { body, tag, requireInteraction: true, data: path });
  pushed.waitUntil(shown);
});

addEventListener('notificationclick', (event) => {
  const pressed = event as Pressed;
  pressed.notification.close();
  const address = new URL(String(pressed.notification.data), location.origin);
  // Whatever a message says, it leads nowhere else.
  if (address.origin === location.origin) pressed.waitUntil(own.clients.openWindow(address.href));
});

export {};
