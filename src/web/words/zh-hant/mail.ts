import type { Words } from '../words.js';

export const mail: Words['mail'] = {};
