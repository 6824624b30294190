import type { Words } from '../words.js';

export const upstream: Words['upstream'] = {};
