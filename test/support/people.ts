import { approve } from './approver.js';
import type { PasskeyVisitor } from './passkey-visitor.js';
import { formWith, type Visit } from './visitor.js';

/** Goes on from a page, until the app has its answer. @param login as whom the test login knows her */
export type Manners = (page: Visit, person: PasskeyVisitor, login: string) => Promise<Visit>;

const acr = 'urn:holdfast:acr:phr';
/** More pages than any way to an app has. */
const mostPages = 8;

/** Does whatever she is asked to, by her passkey. */
export const willing: Manners = (page, person, login) => goOn(page, person, { login, acr, answer: approve });

/** Signs in as well as she is asked to, but approves nothing. */
export const unwilling: Manners = (page, person, login) => goOn(page, person, { login, acr, answer: deny });

/** Has no passkey at hand: signs in by what is left, and can approve nothing. */
export const emptyHanded: Manners = (page, person, login) =>
  goOn(page, person, { login, acr: '', answer: deny });

interface Ways {
  readonly login: string;
  readonly acr: string;
  readonly answer: (person: PasskeyVisitor, page: Visit) => Promise<Visit>;
}

async function goOn(first: Visit, person: PasskeyVisitor, ways: Ways): Promise<Visit> {
  let page = first;
  for (let pages = 0; page.location === undefined && pages < mostPages; pages += 1) {
    page = await person.visitor.follow(await next(page, person, ways));
  }
  return page;
}

async function next(page: Visit, person: PasskeyVisitor, { login, acr: rung, answer }: Ways): Promise<Visit> {
  if (page.text.includes('data-seen=')) return answer(person, page);
  const isLogin = page.text.includes('name="acr"');
  const { action, fields } = formWith(page, isLogin ? 'acr' : 'decision');
  return person.visitor.post(action, isLogin ? { ...fields, login, acr: rung } : fields);
}

function deny({ visitor }: PasskeyVisitor, page: Visit): Promise<Visit> {
  const { action, fields } = formWith(page, 'csrf');
  return visitor.post(action, fields);
}
