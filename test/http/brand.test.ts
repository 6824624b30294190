import assert from 'node:assert/strict';
import { startHoldfast, type Holdfast } from '../support/harness.js';

const drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20"><path d="M0 0h4"/></svg>';
const brand = {
  name: 'Tidewater',
  logo: `data:image/svg+xml,${encodeURIComponent(drawing)}`,
  accent: { light: '#7a1fa2', dark: '#ce93d8' },
  support: 'help@tidewater.test',
};

describe('a brand of the operator’s own', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast({ brand });
  });
  after(() => holdfast.close());

  const page = async (path: string) => {
    const answer = await fetch(`${holdfast.issuer}${path}`, { headers: { accept: 'text/html' } });
    return { html: await answer.text(), policy: answer.headers.get('content-security-policy') ?? '' };
  };

  it('is on every page, under the same policy', async () => {
    for (const path of ['/', '/nowhere']) {
      const { html, policy } = await page(path);
      assert.match(
        html,
        /<img src="\/assets\/logo-[0-9a-f]{12}\.svg" width="78" height="26" alt\/>Tidewater/,
      );
      assert.match(policy, /style-src 'self';/);
      assert.ok(!policy.includes('unsafe'));
    }
  });

  it('colours the pages by a sheet from our own origin', async () => {
    const { html } = await page('/');
    const sheet = /href="(\/assets\/brand-[0-9a-f]{12}\.css)"/.exec(html)?.[1] ?? '';
    const answer = await fetch(`${holdfast.issuer}${sheet}`);
    assert.equal(answer.headers.get('content-type'), 'text/css; charset=utf-8');
    assert.match(await answer.text(), /--accent:#7a1fa2.*dark.*--accent:#ce93d8/);
  });

  it('runs nothing of the logo, even when it is opened by itself', async () => {
    const { html } = await page('/');
    const logo = /src="(\/assets\/logo-[^"]+)"/.exec(html)?.[1] ?? '';
    const answer = await fetch(`${holdfast.issuer}${logo}`);
    assert.equal(answer.headers.get('content-type'), 'image/svg+xml');
    assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none';.* sandbox$/);
    assert.equal(await answer.text(), drawing);
  });

  it('tells on error pages where help is', async () => {
    const { html } = await page('/nowhere');
    assert.match(html, /Need help\? <a href="mailto:help@tidewater\.test">help@tidewater\.test<\/a>/);
  });
});
