import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';

/** A person who has no pointer. She sees where she is at every step. */
export class Keyboard {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Goes on by Tab until she stands on what is called so; then `text` is typed, or Enter pressed. */
  async use(name: string, text?: string): Promise<void> {
    await this.#reach(name);
    if (text === undefined) await this.#page.keyboard.press('Enter');
    else await this.#page.keyboard.type(text);
  }

  async #reach(name: string): Promise<void> {
    const passed: string[] = [];
    for (let steps = 0; steps < 40; steps += 1) {
      await this.#page.keyboard.press('Tab');
      const [called, outline] = await this.#page.evaluate<[string, string]>(whereSheIs);
      if (called === '') continue;
      assert.notEqual(outline, 'none 0px', `${called} shows no focus`);
      if (called === name) return;
      passed.push(called);
    }
    assert.fail(`no way to “${name}” by Tab; passed ${passed.join(', ')}`);
  }
}

const whereSheIs = `(() => {
  const element = document.activeElement;
  if (!element || element === document.body) return ['', ''];
  const called = element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  return [called.trim(), outlineStyle === 'none' ? 'none 0px' : outlineStyle + ' ' + outlineWidth];
})()`;
