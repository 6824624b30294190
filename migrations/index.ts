import { Foundation1750000000000 } from './1750000000000-foundation.js';

/** Every migration, oldest first. A migration that has left the house is never edited. */
export const migrations = [Foundation1750000000000];
