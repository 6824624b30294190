import { isMailAddress } from '../lib/mail-address.js';
import { contrast } from './contrast.js';
import type { Finding } from './cross-checks.js';
import type { Config } from './schema.js';

/** The grounds of web/holdfast.css; a test compares them. */
export const grounds = { light: '#fbfaf7', dark: '#101114' } as const;
const least = 4.5;

/** What does not fit in the section `brand`. */
export function checkBrand({ brand }: Pick<Config, 'brand'>): Finding[] {
  const findings: Finding[] = [];
  for (const theme of ['light', 'dark'] as const) {
    // The accent is a link's text, and the ground is the text of a button of that colour: one contrast for both.
    const reached = contrast(brand.accent[theme], grounds[theme]);
    if (reached < least) {
      const told = `${Math.floor(reached * 10) / 10}:1 on the ${theme} ground ${grounds[theme]}`;
      const message = `can't be read: ${told}; WCAG 1.4.3 asks for ${least}:1`;
      findings.push({ path: ['brand', 'accent', theme], message });
    }
  }
  if (brand.support !== undefined && !isMailAddress(brand.support) && !isWebAddress(brand.support)) {
    findings.push({ path: ['brand', 'support'], message: 'must be an e-mail address or an https address' });
  }
  return findings;
}

function isWebAddress(text: string): boolean {
  return text.startsWith('https://') && URL.canParse(text);
}
