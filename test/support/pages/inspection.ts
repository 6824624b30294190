import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import type { Person } from '../browser.js';
import {
  controlFaults,
  focusFaults,
  headerFaults,
  layoutShift,
  structureFaults,
  widthFault,
} from './page-faults.js';

const phone = { width: 390, height: 844 };
const desk = { width: 1280, height: 800 };
/** WCAG 1.4.10 and 1.4.4: 320 px wide, and a desk at 200 %. */
const narrow = { width: 320, height: 568 };
const zoomed = { width: 640, height: 400 };

/** Where pictures go, when `TEST_SHOTS` is set: of every page at 390 and 1280, light and dark. */
const shots = path.resolve(import.meta.dirname, '../../../shots');
const takesPictures = process.env['TEST_SHOTS'] !== undefined;

/** Looks at every page that it is shown, with the same eyes. */
export class Inspection {
  readonly seen = new Set<string>();

  /** Everything that must be so on any page in any state; `name` is its name in the list of pages. */
  async of(person: Person, name: string): Promise<void> {
    const { page } = person;
    this.seen.add(name);
    const faults = [...complaintsOf(person), ...(await layoutShift(page))];
    await look(page, phone, 'light');
    faults.push(...(await structureFaults(page)), ...(await axeFaults(page)));
    faults.push(...(await controlFaults(page)), ...(await focusFaults(page)));
    await picture(page, `${name}-phone-light`);
    for (const size of [narrow, zoomed]) {
      await look(page, size, 'light');
      faults.push(...(await widthFault(page)), ...(await focusFaults(page)));
    }
    await look(page, phone, 'dark');
    faults.push(...(await widthFault(page)));
    await picture(page, `${name}-phone-dark`);
    await look(page, desk, 'dark');
    faults.push(...(await axeFaults(page)), ...(await widthFault(page)), ...(await controlFaults(page)));
    await picture(page, `${name}-desk-dark`);
    await look(page, desk, 'light');
    await picture(page, `${name}-desk-light`);
    await look(page, phone, 'light');
    faults.push(...(await chineseFaults(page, name)));
    assert.deepEqual([...new Set(faults)], [], name);
  }

  async withoutScript({ page }: Person, name: string): Promise<void> {
    this.seen.add(name);
    assert.deepEqual(await staticFaults(page), [], name);
    await picture(page, `${name}-phone-light`);
  }
}

/** The same address in Chinese, in a tab of its own: its words need other room. A GET changes nothing. */
async function chineseFaults(page: Page, name: string): Promise<string[]> {
  const url = page.url();
  if (!url.startsWith('http://localhost:')) return [];
  const context = page.context();
  await context.addCookies([{ name: 'holdfast_language', value: 'zh-Hant', url }]);
  const tab = await context.newPage();
  try {
    // The doorway's address is shut by its test, so that the page stays.
    const response = await tab.goto(url).catch(() => null);
    if (!response) return [];
    const faults = headerFaults(await response.allHeaders());
    for (const size of [narrow, desk, phone]) {
      await look(tab, size, 'light');
      faults.push(...(await widthFault(tab)), ...(await controlFaults(tab)));
    }
    await picture(tab, `${name}-phone-chinese`);
    return faults.map((fault) => `in Chinese: ${fault}`);
  } finally {
    await tab.close();
    await context.clearCookies({ name: 'holdfast_language' });
  }
}

/** What can be seen of a page whose scripts are off; nothing can be measured there that takes time. */
async function staticFaults(page: Page): Promise<string[]> {
  const faults = [...(await structureFaults(page)), ...(await controlFaults(page))];
  for (const size of [narrow, zoomed, desk, phone]) {
    await look(page, size, 'light');
    faults.push(...(await widthFault(page)));
  }
  return faults;
}

async function look(page: Page, size: { width: number; height: number }, colorScheme: 'light' | 'dark') {
  await page.setViewportSize(size);
  // Colours would be measured on their way from one to the other.
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
}

async function picture(page: Page, name: string): Promise<void> {
  if (!takesPictures) return;
  mkdirSync(shots, { recursive: true });
  await page.evaluate('document.activeElement?.blur(); scrollTo(0, 0)');
  await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
}

/** What the browser itself says of a page whose status is an error is no fault of the page. */
function complaintsOf(person: Person): string[] {
  return person.complaints.filter((complaint) => !complaint.startsWith('Failed to load resource'));
}

async function axeFaults(page: Page): Promise<string[]> {
  if (!(await page.evaluate('"axe" in globalThis'))) await page.evaluate(axe.source);
  const result = await page.evaluate<axe.AxeResults>('axe.run(document, { resultTypes: ["violations"] })');
  return result.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `axe ${id}: ${html.slice(0, 160)} ${failureSummary}`),
  );
}
