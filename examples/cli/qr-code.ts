import { styleText } from 'node:util';
import { renderUnicodeCompact } from 'uqr';

/** A QR code for the terminal: light on dark in its own colours, since many cameras read no other. */
export function qrCode(text: string): string {
  const colours: Parameters<typeof styleText>[0] = ['whiteBright', 'bgBlack'];
  return renderUnicodeCompact(text, { border: 2 })
    .split('\n')
    .map((line) => `  ${styleText(colours, line, { stream: process.stderr })}`)
    .join('\n');
}
