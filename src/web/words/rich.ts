import type { ComponentChildren } from 'preact';

/** Words with something set off inside them, such as a name in bold: each language puts it where it belongs. */
export type Rich = ComponentChildren;
