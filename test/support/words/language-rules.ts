import { valuesIn, type Text } from './texts.js';

/** Latin words that Traditional Chinese uses as they are: names and terms without a better word. */
const latinAllowed = new Set('Holdfast JavaScript PIN JSON'.split(' '));
/** Texts that may be the same in both languages: `path` of the catalogue. */
const sameAllowed = new Set<string>();

const value = /⟦\d⟧/g;
const letter = /\p{L}/u;
const han = /\p{Script=Han}/u;
/** Characters that are written so in simplified Chinese alone. */
const simplified =
  /[们这说请输时间邮码应设备复电码钥连网页关闭启动将还删变换册员务处术语记录认证达问题给让过远选择优为边]/u;

/** Words that our Chinese has agreed on another one for. */
const terms: readonly (readonly [RegExp, string])[] = [
  [/通行金鑰|密碼金鑰|通關密鑰|密鑰(?<!通行密鑰)/u, '通行密鑰'],
  [/應用程序|App/iu, '應用程式'],
  [/帳戶|賬戶|賬號|账/u, '帳號'],
  [/郵箱|電郵(?!件)|e-?mail/iu, '電子郵件'],
  [/備用碼|備份碼|恢復碼|還原碼|救援碼|恢復代碼|復原代碼/u, '復原碼'],
  [/登錄|登陸|簽入/u, '登入'],
  [/註銷|登出戶/u, '登出'],
  [/您/u, '你'],
  [/指紋/u, '臉、手指或 PIN 碼'],
];

/** What is wrong with the Chinese of a text, given its English; one sentence each. */
export function chineseFaults(chinese: Text, english: Text | undefined): string[] {
  const { path, text } = chinese;
  const own = text.replace(value, '');
  const faults: (string | false)[] = [
    text.trim() === '' && 'is empty',
    english === undefined && 'has no English',
    letter.test(own) && !han.test(own) && !sameAllowed.has(path) && 'has no Chinese in it',
    english?.text === text && letter.test(own) && !sameAllowed.has(path) && 'is the English',
    english !== undefined &&
      valuesIn(english.text) !== valuesIn(text) &&
      'shows other values than the English',
    latinOf(own) && `has “${latinOf(own)}” in Latin letters`,
    simplified.test(own) && `has ${simplified.exec(own)?.[0]}, which is simplified`,
    /\p{Script=Han}[,.;:!?]|[,.;:!?]\p{Script=Han}/u.test(own) && 'has punctuation of half width',
    ...terms.map(([other, ours]) => other.test(own) && `says ${other.exec(own)?.[0]} instead of ${ours}`),
  ];
  return faults.filter((fault) => fault !== false && fault !== '').map((fault) => `${path} ${fault}`);
}

function latinOf(text: string): string {
  return (text.match(/[A-Za-z][A-Za-z’'-]*/g) ?? []).filter((word) => !latinAllowed.has(word)).join(' ');
}

/** What is wrong with an English text, one sentence each. */
export function englishFaults({ path, text }: Text): string[] {
  const faults: (string | false)[] = [
    text.trim() === '' && 'is empty',
    /fingerprint/i.test(text) && 'says fingerprint: it may be a face or a PIN',
    /['"]/.test(text) && 'has a straight quotation mark',
    / {2}|\.\.\./.test(text) && 'has two spaces or three points',
    /\bplease wait\b|\boops\b|\bsorry\b/i.test(text) && 'is no plain word',
    /\bclick\b|\btap\b/i.test(text) && 'says how to press, which is not how everybody does',
  ];
  return faults.filter((fault) => fault !== false).map((fault) => `${path} ${fault}`);
}
