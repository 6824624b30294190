import assert from 'node:assert/strict';
import { sourceFiles } from '../support/architecture/repository.js';
import { parseSource, type SourceFile } from '../support/architecture/source-file.js';
import { hardCodedTexts } from '../support/words/hard-coded-text.js';
import { chineseFaults, englishFaults } from '../support/words/language-rules.js';
import { pathsOf, textsOf, type Text } from '../support/words/texts.js';
import { unusedWords } from '../support/words/unused-words.js';
import { backchannelRefusals } from '../../src/lib/backchannel-refusals.js';
import { deviceSessionRefusals } from '../../src/lib/device-session-refusals.js';
import { exchangeRefusals } from '../../src/lib/exchange-refusals.js';
import { refusals, type RefusalCode } from '../../src/lib/refusal.js';
import { errorWords, refusalWords } from '../../src/web/error-words.js';
import { catalogue } from '../../src/web/words/words.js';

const isCatalogue = ({ path }: SourceFile) => path.startsWith('src/web/words/');
const source = [...sourceFiles('src').values()].filter((file) => !isCatalogue(file));

describe('the texts of pages', () => {
  const seen = (text: string, name = 'src/console/x-page.tsx') => hardCodedTexts(parseSource(name, text));

  it('come from the catalogue: none stands in a page, a component or an island', () => {
    const withTexts = source.filter(({ path }) => path.endsWith('.tsx') || path.includes('/islands/'));
    assert.ok(withTexts.length > 20);
    assert.deepEqual(withTexts.flatMap(hardCodedTexts), []);
  });

  it('are seen wherever a page can hide one', () => {
    const ways = [
      'const p = <p>Hello</p>;',
      'const p = <p>{"Hello"}</p>;',
      'const p = <p>{title}. {more}</p>;',
      'const p = <p>{late ? "Hello" : words.bye}</p>;',
      'const p = <p>{name ?? "nobody"}</p>;',
      'const p = <p>{`Dear ${name}`}</p>;',
      'const p = <p>{"Dear " + name}</p>;',
      'const p = <p>{items.map((item) => item.name || "none")}</p>;',
      'const p = <p>{items.map((item) => { return "none"; })}</p>;',
      'const p = <p>{["one", name].join(" · ")}</p>;',
      'const label = "hello"; const p = <p>{label}</p>;',
      'const labels = { a: "hello" }; const p = <p>{labels[kind]}</p>;',
      'const p = <input aria-label="search" />;',
      'const p = <img alt={big ? "a picture" : ""} />;',
      'const p = <Field label="name" name="name" />;',
      'const p = <Page title="Hello">{x}</Page>;',
      'const p = <input type="submit" value="go" />;',
      'const facts = [{ label: "When", value: x }];',
      'const far = "Something went wrong.";',
      'const far = "繁體";',
    ];
    for (const way of ways) assert.equal(seen(way).length, 1, way);
  });

  it('are seen wherever an island can hide one', () => {
    const ways = [
      'status.textContent = "wait";',
      'status.textContent = done ? "done" : said.wait;',
      'document.title = "Hello";',
      'button.setAttribute("aria-label", "close");',
      'status.append("wait");',
      'status.replaceChildren(document.createTextNode("wait"));',
      'alert("wait");',
      'say("No passkey was used.");',
    ];
    for (const way of ways) assert.equal(seen(way, 'src/web/islands/x.island.ts').length, 1, way);
  });

  it('are no class names, addresses, values of fields and errors for developers', () => {
    const others = [
      'const p = <p class="actions actions-pair" id="Foot">·</p>;',
      'const p = <input type="hidden" name="decision" value="allow" />;',
      'const p = <Page title={`${title} · ${site.brand}`}>{words.login.title}</Page>;',
      'throw new TypeError("No asset of that name. Was the build run?");',
      'throw refuse("request_malformed", "The decision is missing.");',
      'const { "Content-Type": type } = headers;',
      'button.dataset["kind"] = "problem"; words.textContent = said.waiting;',
      'document.querySelector("button[data-copy] > span");',
    ];
    for (const other of others) assert.deepEqual(seen(other), [], other);
  });
});

describe('the catalogue of words', () => {
  const texts = (words: unknown) => new Map(textsOf(words).map((text) => [text.path, text]));
  const english = texts(catalogue.en);
  const chinese = texts(catalogue['zh-Hant']);

  it('has the same texts in every language', () => {
    assert.ok(english.size > 50);
    assert.deepEqual([...chinese.keys()].sort(), [...english.keys()].sort());
  });

  it('has Chinese that is Chinese, says what the English says, and keeps to our terms', () => {
    assert.deepEqual(
      [...chinese.values()].flatMap((text) => chineseFaults(text, english.get(text.path))),
      [],
    );
  });

  it('has English in plain words', () => {
    assert.deepEqual([...english.values()].flatMap(englishFaults), []);
  });

  it('sees Chinese that is none', () => {
    const faults = (text: string, original = 'Sign in to ⟦1⟧') =>
      chineseFaults({ path: 'x', text }, { path: 'x', text: original });
    const wrong = [
      '',
      'Sign in to ⟦1⟧',
      'Login ⟦1⟧',
      '登入',
      '登入 ⟦1⟧ now',
      '登录 ⟦1⟧',
      '登入 ⟦1⟧,繼續',
      '登入 ⟦1⟧ 帳戶',
    ];
    for (const text of wrong) assert.notDeepEqual(faults(text), [], text);
    assert.deepEqual(faults('登入 ⟦1⟧，請允許 JavaScript。'), []);
    assert.deepEqual(faults(' · ⟦1⟧', ' · ⟦1⟧'), []);
  });

  it('sees English that is not plain', () => {
    for (const text of ['', 'Use your fingerprint', "Don't", 'Wait...', 'Click here'])
      assert.notDeepEqual(englishFaults({ path: 'x', text }), [], text);
    assert.deepEqual(englishFaults({ path: 'x', text: 'Don’t allow' }), []);
  });

  it('shows values of texts and of rich texts alike', () => {
    const words = {
      a: (n: number) => `${n} of ${'x'}`,
      b: (set: (t: string) => unknown) => [set('here'), '.'],
    };
    const expected: Text[] = [
      { path: 'a', text: '⟦1⟧ of x' },
      { path: 'b', text: 'here.' },
    ];
    assert.deepEqual(textsOf(words), expected);
  });
});

describe('every word of the catalogue', () => {
  it('is used: by its path in a page, a script or a letter', () => {
    // Words for refusals are found by the refusal’s code; their own test is below.
    const paths = pathsOf(catalogue.en).filter((path) => !/^(errors|refusals)\./.test(path));
    assert.deepEqual(unusedWords(paths, source), []);
  });

  it('is missed where nothing uses it', () => {
    const used = (text: string) =>
      unusedWords(['login.test.title'], [parseSource('src/web/x.tsx', text)]).length === 0;
    assert.ok(used('site.words.login.test.title'));
    assert.ok(used('const { login } = site.words; const { title } = login.test;'));
    assert.ok(used("function f(words: Words['login']['test']) { return words.title; }"));
    assert.ok(used("const kinds = ['title']; site.words.login.test[kind];"));
    assert.ok(used("const kinds = ['ti']; site.words.login.test[`${kind}tle`];"));
    assert.ok(!used("const kinds = ['ti']; site.words.login.test[`${kind}t`];"));
    assert.ok(!used('site.words.login.test; const p = <Page title={x} />;'));
    assert.ok(!used('site.words.login.title'));
    assert.ok(!used('const title = words.login.test;'));
  });
});

/** Refusals of requests that programs make. A person who meets one was sent here by an app that did it wrong. */
const madeByApps: readonly RefusalCode[] = [
  'method_not_allowed',
  'parameter_duplicated',
  'proof_oversized',
  'proof_duplicated',
  'proof_malformed',
  'proof_missing',
  'proof_invalid',
  'proof_out_of_window',
  'proof_replayed',
  'replay_memory_full',
  'nonce_required',
  'token_malformed',
  'token_inactive',
  'token_missing',
  'token_presented_as_bearer',
  'token_wrong_key',
  'scope_insufficient',
  'step_up_required',
  'approval_required',
  'call_too_dear',
  'model_of_no_tier',
  'client_without_person',
  'account_held',
  'call_refused',
  'tier_devices_exceeded',
  'max_cost_missing',
  'usage_not_yours',
  'model_provider_unavailable',
  'model_provider_refused',
  'gateway_busy',
  'caller_not_the_proxy',
  'proxy_misconfigured',
  'feed_not_yours',
  'key_revoked',
  'too_many_waiting',
  'bearer_tier',
  'bearer_cap_reached',
  'code_reused',
  'authorization_server_unavailable',
  'certificate_unreadable',
  'client_authentication_missing',
  'client_not_allowed',
  'client_identity_only',
  'grant_invalid',
  'refresh_token_reused',
  'refresh_token_wrong_key',
  'resource_invalid',
  'authorization_details_invalid',
  'request_invalid',
  'authentication_unmet',
  ...(Object.keys(backchannelRefusals) as RefusalCode[]),
  ...(Object.keys(exchangeRefusals) as RefusalCode[]),
  // Made by the browser on its own; it reads the status alone.
  ...(Object.keys(deviceSessionRefusals) as RefusalCode[]),
];

describe('every refusal', () => {
  const { errors } = catalogue.en;
  const hasWords = (code: RefusalCode) =>
    code in errors || refusalWords(catalogue.en, code) !== undefined || madeByApps.includes(code);

  it('that a person can meet has words of its own, and no words are left over', () => {
    const codes = Object.keys(refusals) as RefusalCode[];
    assert.deepEqual(
      codes.filter((code) => !hasWords(code)),
      [],
    );
    const known = new Set<string>([...codes, 'otherwise']);
    assert.deepEqual(
      Object.keys(errors).filter((code) => !known.has(code)),
      [],
    );
  });

  it('is no app’s mistake where the person made it', () => {
    assert.equal(errorWords(catalogue.en, 'mail_code_gone').heading, refusals.mail_code_gone.says);
    assert.equal(errorWords(catalogue.en, 'proof_missing').heading, errors.otherwise.heading);
    assert.equal(errorWords(catalogue.en, 'interaction_gone').heading, 'This sign-in is over.');
  });
});
