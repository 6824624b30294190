/* `holdfast/dbsc`: what an app installs to bind its own sessions to devices. Reaches only jose. */
export type { Device, DeviceDeeds } from './arrival.js';
export type { DeviceAnswer } from './device-answer.js';
export type { DeviceAlgorithm, DeviceKey } from './device-key.js';
export type { DeviceSession } from './device-session.js';
export type { DeviceSessionEvent } from './device-session-event.js';
export type { DeviceSessionOptions } from './device-session-options.js';
export type { DeviceSessionStore } from './device-session-store.js';
export { createDeviceSessions } from './device-sessions.js';
export type { DeviceRequest, DeviceSessions, DeviceState } from './device-sessions.js';
export type { SharedKey } from './headers.js';
export { createMemoryStore } from './memory-store.js';
export { providerDocument, relyingDocument } from './well-known.js';
