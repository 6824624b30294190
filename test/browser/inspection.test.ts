import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { launchBrowser, Person } from '../support/browser.js';
import { Inspection } from '../support/pages/inspection.js';

const page = (body: string, head = '') =>
  `<!doctype html><html lang="en"><head><title>A · B</title>${head}</head><body><main><h1>A</h1>${body}</main></body></html>`;
const big = 'type="button"><span>Go on with it now</span>';
const css = '<link rel="stylesheet" href="https://look.test/look.css">';
const sheet = `button { min-height: 52px; display: block } :focus-visible { outline: 3px solid }`;

/** What the tests of all pages rely on sees what it looks for. */
describe('the inspection of a page', () => {
  let browser: Browser;
  let person: Person;
  before(async () => {
    browser = await launchBrowser();
    person = await Person.arrive(browser);
    await person.context.route('https://look.test/*', (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname === '/look.css') return route.fulfill({ contentType: 'text/css', body: sheet });
      return route.fulfill({
        contentType: 'text/html; charset=utf-8',
        body: decodeURIComponent(pathname.slice(1)),
      });
    });
  });
  after(() => browser.close());

  const inspect = async (html: string) => {
    await person.page.goto(`https://look.test/${encodeURIComponent(html)}`);
    await new Inspection().of(person, 'page');
  };

  it('finds nothing where there is nothing', async () => {
    await inspect(page(`<button ${big}</button>`, css));
  });

  const faulty: [what: string, html: string, told: RegExp][] = [
    [
      'pale words',
      page('<p id="pale">Pale</p>', `${css}<style>#pale { color: #bbb }</style>`),
      /color-contrast/,
    ],
    ['an input without label', page('<input>', css), /axe label/],
    [
      'a small control',
      page('<button type="button">x</button>', `${css}<style>button { width: 30px }</style>`),
      /30 by/,
    ],
    [
      'what is too wide',
      page('<pre>aaaa</pre>', `${css}<style>pre { width: 500px }</style>`),
      /wider than 320/,
    ],
    ['inline styles', page('<p style="margin: 0">x</p>', css), /inline styles/],
    ['a second heading', page('<h1>B</h1>', css), /2 first headings/],
    [
      'an order that jumps',
      page(`<button ${big}</button><button tabindex="1" ${big}</button>`, css),
      /Tab \d reaches/,
    ],
    [
      'a focus that can’t be seen',
      page(`<button ${big}</button>`, `${css}<style>button { outline: none !important }</style>`),
      /no focus/,
    ],
    [
      'a control behind a bar',
      page(
        `<button ${big}</button><div id="bar"></div>`,
        `${css}<style>#bar { position: fixed; inset: 0; background: #fff }</style>`,
      ),
      /is behind/,
    ],
    [
      'a layout that shifts',
      page(
        '<div id="late"></div><p>Below</p>',
        `${css}<script>requestAnimationFrame(() => setTimeout(() => (late.innerHTML = '<p>Late</p>'.repeat(9)), 30))</script>`,
      ),
      /layout shifted/,
    ],
  ];
  for (const [what, html, told] of faulty) {
    it(`sees ${what}`, () => assert.rejects(inspect(html), told));
  }
});
