import type { Words } from '../words.js';

export const recovery: Words['recovery'] = {};
