import { spoken, type Locale } from '../lib/locale.js';
import type { Letter, LetterKind, LetterValues } from '../mail/letter.js';
import type { Phrasebook, Wording } from '../mail/phrasebook.js';
import { browserName, placeName } from '../web/where.js';
import { catalogue, type Words } from '../web/words/words.js';

type MailWords = Words['mail'];
/** The sentence of each kind, from its own values. */
type Sentences = { readonly [Kind in LetterKind]: (values: LetterValues[Kind]) => string };

const codeLetters = new Set<LetterKind>(['sign_up_code', 'change_address_code', 'recovery_code_mail']);
/** They say all that there is to do. */
const lastWords = new Set<LetterKind>(['sign_up_address_taken', 'account_deleted', 'test']);

/** Makes the phrasebook of our mails out of the catalogue of words. */
export function letterWords(brand: string): Phrasebook {
  return {
    wording(letter, writtenAt) {
      const locale = spoken(letter.locale) ?? 'en';
      const words = catalogue[locale].mail;
      const moment = (date: Date) => sayMoment(date, locale);
      const sentence = sentences(words, brand, moment)[letter.kind] as (values: object) => string;
      const paragraphs = sentence(letter.values).split('\n\n');
      return {
        subject: words[`${letter.kind}_subject`]({ brand }),
        ...ending(letter, locale, paragraphs, moment(writtenAt)),
      };
    },
  };
}

function sentences(words: MailWords, brand: string, moment: (date: Date) => string): Sentences {
  const from = (seconds: number) => moment(new Date(seconds * 1000));
  return {
    sign_up_code: ({ minutes }) => words.sign_up_code({ brand, minutes }),
    sign_up_address_taken: () => words.sign_up_address_taken({ brand }),
    change_address_code: ({ minutes }) => words.change_address_code({ brand, minutes }),
    recovery_code_mail: ({ minutes }) => words.recovery_code_mail({ brand, minutes }),
    you_are_back: ({ paidTiersFrom, codesLeft }) =>
      words.you_are_back({ paid: from(paidTiersFrom), left: codesLeft }),
    passkey_added: ({ passkey, stepUpFrom }) => {
      const held = stepUpFrom === undefined ? [] : [words.passkey_held({ from: from(stepUpFrom) })];
      return [words.passkey_added({ brand, passkey }), ...held].join('\n\n');
    },
    passkey_removed: ({ passkey }) => words.passkey_removed({ brand, passkey }),
    recovery_codes_made: () => words.recovery_codes_made({ brand }),
    address_changed: ({ newAddress }) => words.address_changed({ brand, address: newAddress }),
    app_disconnected: ({ app }) => words.app_disconnected({ brand, app }),
    app_disowned: ({ app }) => words.app_disowned({ brand, app }),
    approval_wanted: ({ app, minutes }) => words.approval_wanted({ app, minutes }),
    signed_out_everywhere: () => words.signed_out_everywhere({ brand }),
    identity_linked: ({ provider }) => words.identity_linked({ brand, provider }),
    identity_unlinked: ({ provider }) => words.identity_unlinked({ brand, provider }),
    account_deleted: () => words.account_deleted({ brand }),
    data_exported: () => words.data_exported({ brand }),
    new_browser_signed_in: () => words.new_browser_signed_in({ brand }),
    test: () => words.test({ brand }),
  };
}

/** When and where it happened, and what to do if it was somebody else. */
function ending(
  letter: Letter,
  locale: Locale,
  paragraphs: readonly string[],
  when: string,
): Omit<Wording, 'subject'> {
  const { browser, place, undoPath, approvePath } = letter.values as {
    readonly browser?: string;
    readonly place?: string;
    readonly undoPath?: string;
    readonly approvePath?: string;
  };
  const all = catalogue[locale];
  const words = all.mail;
  const facts = [
    words.when({ when }),
    ...(browser === undefined ? [] : [words.browser({ browser: browserName(browser, all) })]),
    ...(place === undefined ? [] : [words.place({ place: placeName(place, locale, all) })]),
  ].join('\n');
  if (undoPath !== undefined) return { paragraphs, facts, link: { label: words.undo, path: undoPath } };
  if (approvePath !== undefined)
    return { paragraphs, facts, link: { label: words.approve, path: approvePath } };
  if (codeLetters.has(letter.kind) || lastWords.has(letter.kind)) return { paragraphs, facts };
  return {
    paragraphs: [...paragraphs, words.not_you],
    facts,
    link: { label: words.open_account, path: '/account' },
  };
}

/** In UTC and said so: we don't know where the person is. */
function sayMoment(date: Date, locale: Locale): string {
  return new Intl.DateTimeFormat(locale, {
    dateStyle: 'full',
    timeStyle: 'short',
    timeZone: 'UTC',
  })
    .format(date)
    .concat(' UTC');
}
