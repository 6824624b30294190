import assert from 'node:assert/strict';
import { ConsentPage } from '../../../src/provider/consent-page.js';
import { LoginPage } from '../../../src/provider/login-page.js';
import { ErrorPage } from '../../../src/web/error-page.js';
import { errorWords } from '../../../src/web/error-words.js';
import { renderPage } from '../../../src/web/render.js';
import { siteFor, siteOf } from '../../../src/web/site.js';
import { catalogue } from '../../../src/web/words/words.js';

const assets = { url: (name: string) => `/assets/${name}`, find: () => undefined };
const siteAt = (issuer: string) => siteOf({ issuer, brand: { name: 'Holdfast' } }, assets);
const site = siteAt('https://id.example');
const asker = {
  name: 'Tidewater',
  place: 'app.example',
  back: 'app.example',
  redirectUri: 'https://app.example/cb',
  onDevice: false,
  own: false,
};
const asks = { person: undefined, abilities: ['a'], limits: ['b'], spending: undefined };
const ways = { recovery: true, upstream: [], demand: undefined, known: undefined };
const address = { base: '/interaction/uid', csrf: 'the-token' };

describe('the pages', () => {
  it('say their language, title and host', () => {
    const html = renderPage(LoginPage({ site, asker, ...address, testLogin: false, ...ways }));
    assert.match(html, /^<!doctype html><html lang="en">/);
    assert.match(html, /<title>Sign in · Holdfast<\/title>/);
    assert.match(html, /You are at <b>id\.example<\/b>/);
  });

  it('hold no inline script and no inline style', () => {
    for (const page of [
      LoginPage({ site, asker, ...address, testLogin: true, ...ways }),
      ConsentPage({ site, asker, ...address, ...asks }),
    ]) {
      const html = renderPage(page);
      assert.ok(!/<style|\sstyle="|\son[a-z]+="|javascript:/i.test(html), html);
      for (const [script] of html.matchAll(/<script[^>]*>/g)) assert.match(script, / src="\/assets\//);
    }
  });

  it('show what a client calls itself as text only', () => {
    const name = '<img src=x onerror=alert(1)>"&';
    const page = ConsentPage({ site, asker: { ...asker, name }, ...address, ...asks });
    assert.ok(!renderPage(page).includes('<img'));
  });

  it('warn of an app on this device, and of nobody else', () => {
    const html = (onDevice: boolean) =>
      renderPage(ConsentPage({ site, asker: { ...asker, onDevice }, ...address, ...asks }));
    assert.match(html(true), /role="note".*Only an app on this device can get this\./);
    assert.doesNotMatch(html(false), /Only an app on this device/);
  });

  it('carry the test login only where it is allowed', () => {
    const html = (testLogin: boolean) =>
      renderPage(LoginPage({ site, asker, ...address, testLogin, ...ways }));
    assert.match(html(true), /<input name="login"/);
    assert.match(html(true), /<input name="acr"/);
    assert.ok(!html(false).includes('name="login"'));
  });

  it('ask for consent in a plain form, with a refusal as large as the permission', () => {
    const html = renderPage(ConsentPage({ site, asker, ...address, ...asks }));
    assert.match(html, /<form [^>]*method="post" action="\/interaction\/uid"/);
    assert.match(html, /name="csrf" value="the-token"/);
    assert.match(html, /formaction="\/interaction\/uid\/deny"/i);
    assert.equal([...html.matchAll(/<button /g)].length, 2);
  });

  it('speak the language of the request, and offer the other one', () => {
    const chinese = siteFor(site, { 'accept-language': 'zh-TW,en;q=0.5' });
    const html = renderPage(LoginPage({ site: chinese, asker, ...address, testLogin: false, ...ways }));
    assert.match(html, /<html lang="zh-Hant">/);
    assert.match(html, /使用通行密鑰登入/);
    assert.match(html, /<a href="\?lang=en" hreflang="en" lang="en">English<\/a>/);
  });

  it('give the whole reason of an error on a loopback issuer alone', () => {
    const html = (issuer: string) =>
      renderPage(
        ErrorPage({
          site: siteAt(issuer),
          ...errorWords(catalogue.en, 'interaction_gone'),
          requestId: 'AAAA-BBBB',
          at: new Date(0),
          detail: 'the cookie is missing',
        }),
      );
    assert.match(html('http://localhost:6180'), /the cookie is missing/);
    assert.ok(!html('https://id.example').includes('the cookie is missing'));
    assert.match(html('https://id.example'), /AAAA-BBBB/);
    assert.match(html('https://id.example'), /1 January, 00:00 UTC/);
  });
});
