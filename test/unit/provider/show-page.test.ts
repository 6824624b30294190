import assert from 'node:assert/strict';
import type { Context } from 'koa';
import { HomePage } from '../../../src/provider/home-page.js';
import { showPage } from '../../../src/provider/show-page.js';
import { siteOf } from '../../../src/web/site.js';

const assets = { url: (name: string) => `/assets/${name}`, find: () => undefined };

function headersAt(secure: boolean, hostname: string): Map<string, string> {
  const headers = new Map<string, string>();
  const set = (name: string, value: string) => void headers.set(name.toLowerCase(), value);
  const origin = `http${secure ? 's' : ''}://${hostname}`;
  const site = siteOf({ issuer: origin, brand: { name: 'Holdfast' } }, assets);
  showPage({ secure, hostname, set } as unknown as Context, HomePage({ site }));
  return headers;
}

describe('a page', () => {
  it('tells no other site where it was', () => {
    assert.equal(headersAt(true, 'id.example').get('referrer-policy'), 'no-referrer');
    assert.equal(headersAt(false, 'localhost').get('referrer-policy'), 'no-referrer');
  });

  it('lets its own forms say their Origin where browsers send no Sec-Fetch-Site', () => {
    assert.equal(headersAt(false, 'id.test').get('referrer-policy'), 'same-origin');
  });

  it('stays in no cache', () => {
    assert.equal(headersAt(true, 'id.example').get('cache-control'), 'no-store');
  });
});
