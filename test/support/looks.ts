import type { Person } from './browser.js';

const looks = [
  { width: 390, colorScheme: 'light' },
  { width: 390, colorScheme: 'dark' },
  { width: 1280, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
] as const;

/** Pictures of the page as it is, at 390 and 1280, light and dark, when `TEST_SHOTS` is set. */
export async function takeLooks(person: Person, name: string): Promise<void> {
  if (process.env['TEST_SHOTS'] === undefined) return;
  const { page } = person;
  const before = page.viewportSize();
  for (const { width, colorScheme } of looks) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: width === 390 ? 844 : 800 });
    await person.picture(`step-up-${name}-${width}-${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  if (before) await page.setViewportSize(before);
}
