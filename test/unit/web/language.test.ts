import assert from 'node:assert/strict';
import { chosenLanguage, languageCookie } from '../../../src/web/language-choice.js';
import { localeFor } from '../../../src/lib/locale.js';

describe('the language of a page', () => {
  it('is what the person chose before what the app or the browser wishes', () => {
    assert.equal(localeFor({ chosen: 'zh-Hant', uiLocales: 'en', acceptLanguage: 'en' }), 'zh-Hant');
    assert.equal(localeFor({ uiLocales: 'fr zh-TW en', acceptLanguage: 'en' }), 'zh-Hant');
    assert.equal(localeFor({ uiLocales: 'fr', acceptLanguage: 'zh-HK' }), 'zh-Hant');
  });

  it('follows the weights of Accept-Language', () => {
    assert.equal(localeFor({ acceptLanguage: 'zh-TW;q=0.3, en-GB;q=0.9' }), 'en');
    assert.equal(localeFor({ acceptLanguage: 'en;q=0, zh' }), 'zh-Hant');
    assert.equal(localeFor({ acceptLanguage: 'en;q=0.2,zh;q=0.8' }), 'zh-Hant');
  });

  it('is English where nothing is said or nothing fits', () => {
    assert.equal(localeFor({}), 'en');
    assert.equal(localeFor({ acceptLanguage: ';;,,q=,fr' }), 'en');
    assert.equal(localeFor({ chosen: 'xx', acceptLanguage: '*' }), 'en');
  });

  it('is kept in a cookie that only we read', () => {
    const cookie = languageCookie('zh-Hant', true);
    assert.match(cookie, /; HttpOnly; SameSite=Lax; Secure$/);
    assert.equal(chosenLanguage(`a=b; ${cookie.split(';')[0]}`), 'zh-Hant');
    assert.equal(chosenLanguage('xholdfast_language=zh-Hant'), undefined);
    assert.equal(chosenLanguage(undefined), undefined);
  });
});
