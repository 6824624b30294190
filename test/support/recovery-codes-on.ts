/** The recovery codes that a page shows. */
export function recoveryCodesOn(html: string): string[] {
  return [...html.matchAll(/>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})</g)].map(([, code = '']) => code);
}
