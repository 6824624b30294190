import type { Page } from 'playwright-core';

/*
 * What can be wrong with a page, measured in the browser. The functions run there, so they are texts: the tests are
 * compiled without the DOM.
 */

/** Threat 23: no frame around it, no opener's reach, nothing kept, nothing from elsewhere. */
export function headerFaults(headers: Readonly<Record<string, string>>): string[] {
  const wanted: Readonly<Record<string, RegExp>> = {
    'cache-control': /^no-store$/,
    'content-security-policy': /^default-src 'none';(?!.*unsafe).*frame-ancestors 'none'/,
    'cross-origin-opener-policy': /^same-origin$/,
    'cross-origin-resource-policy': /^same-origin$/,
    'referrer-policy': /^(no-referrer|same-origin)$/,
    'x-content-type-options': /^nosniff$/,
    'x-frame-options': /^DENY$/,
  };
  return Object.entries(wanted)
    .filter(([name, value]) => !value.test(headers[name] ?? ''))
    .map(([name]) => `${name} is ${headers[name]}`);
}

/** CLS of the load, without what a click caused. */
export async function layoutShift(page: Page): Promise<string[]> {
  const moved = await page.evaluate<number>(`new Promise((tell) => {
    let sum = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
    setTimeout(() => tell(sum), 60);
  })`);
  return moved === 0 ? [] : [`the layout shifted by ${moved}`];
}

export async function widthFault(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 1)
      .map((element) => element.outerHTML.slice(0, 80));
    return ['wider than ' + clientWidth + ' px: ' + (wide.at(-1) ?? scrollWidth)];
  })()`);
}

export async function structureFaults(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(() => {
    const faults = [];
    const count = (selector) => document.querySelectorAll(selector).length;
    if (count('h1') !== 1) faults.push('has ' + count('h1') + ' first headings');
    if (!document.title.includes(' · ')) faults.push('has the title ' + document.title);
    if (count('main') !== 1) faults.push('has ' + count('main') + ' main parts');
    if (!document.documentElement.lang) faults.push('says no language');
    if (count('[style]:not([style=""]), style') > 0) faults.push('has inline styles');
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
    if (new Set(ids).size < ids.length) faults.push('has an id twice');
    return faults;
  })()`);
}

const controls = `[...document.querySelectorAll('a[href], button, input:not([type=hidden]), summary, select')]
  .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.disabled)`;

/** WCAG 2.5.5: what can be pressed is 44 px in both directions, but for links within a sentence; no words cut off. */
export async function controlFaults(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`${controls}.flatMap((element) => {
    const { width, height } = element.getBoundingClientRect();
    const inText = element.tagName === 'A' && getComputedStyle(element).display === 'inline';
    const told = element.outerHTML.slice(0, 80);
    const faults = [];
    if (!inText && (height < 43.9 || width < 43.9)) faults.push(Math.round(width) + ' by ' + Math.round(height) + ' px: ' + told);
    if (element.scrollWidth > element.clientWidth + 1 && !inText && element.tagName !== 'INPUT') faults.push('words are cut off: ' + told);
    return faults;
  })`);
}

/**
 * Tab reaches every control, in the order of the page; each shows that it has the focus (WCAG 2.4.7), and none is
 * hidden behind a bar that stays in sight (2.4.11).
 */
export async function focusFaults(page: Page): Promise<string[]> {
  const wanted = await page.evaluate<number>(`(() => {
    const all = ${controls};
    all.forEach((element, index) => { element.dataset.nth = index; });
    document.activeElement?.blur();
    scrollTo(0, 0);
    return all.length;
  })()`);
  const faults: string[] = [];
  // The sequence begins at the top, wherever the focus was before.
  await page.evaluate(
    `(() => { document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex'); })()`,
  );
  for (let expected = 0; expected < wanted; expected += 1) {
    await page.keyboard.press('Tab');
    faults.push(...(await page.evaluate<string[]>(`(${focusFault})(${expected})`)));
  }
  return faults;
}

const focusFault = `(expected) => {
  const element = document.activeElement;
  const told = element.outerHTML.slice(0, 80);
  if (Number(element.dataset.nth) !== expected) return ['Tab ' + (expected + 1) + ' reaches ' + told];
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const faults = [];
  if (outlineStyle === 'none' || parseFloat(outlineWidth) < 2) faults.push('shows no focus: ' + told);
  const { left, top, width, height } = element.getBoundingClientRect();
  const at = document.elementFromPoint(left + Math.min(width, 20) / 2, top + height / 2);
  if (at === null || !(element.contains(at) || at.contains(element))) faults.push('is behind ' + (at?.outerHTML.slice(0, 60) ?? 'the edge') + ': ' + told);
  return faults;
}`;
