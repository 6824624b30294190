import { open, seal } from '../lib/seal.js';
import { accepted, refused, type Result } from '../lib/result.js';
import type { Mailer } from '../mail/mailer.js';
import type { AccountStore } from './account-store.js';
import type { Asker, AttemptLimits } from './attempt-limits.js';
import { type Authentication, passkeyAcr, passkeyAmr } from './authentication.js';
import { type DraftHandle, type DraftService, type NextStep, stepGone } from './draft-service.js';
import { foldedAddress } from './email-address.js';
import type { MailCodeService } from './mail-code-service.js';
import { type Profile, readProfile } from './profile.js';
import type { RecoveryCodeService } from './recovery-code-service.js';
import { type SignUpDraft, signUpDraft } from './sign-up-draft.js';
import type { Visit } from './visit.js';

export type AsksEmail = 'required' | 'optional' | 'none';

export interface SignUpStepsPorts {
  readonly accounts: AccountStore;
  readonly drafts: DraftService;
  readonly mailCodes: MailCodeService;
  readonly recoveryCodes: RecoveryCodeService;
  readonly mailer: Mailer;
  readonly limits: Pick<AttemptLimits, 'takeMail'>;
  /** Whether a sign-up must name an address; `none`: no mail could prove it. */
  readonly asksEmail: AsksEmail;
  /** deriveKey(master, 'shown recovery codes') */
  readonly key: Uint8Array;
}

/** A sign-up page by page: name and address, the code from the mail, the passkey, the recovery codes. */
export class SignUpStepsService {
  readonly #ports: SignUpStepsPorts;

  constructor(ports: SignUpStepsPorts) {
    this.#ports = ports;
  }

  get asksEmail(): AsksEmail {
    return this.#ports.asksEmail;
  }

  /** How far this browser has come; undefined when it has not begun. */
  async find(interactionUid: string, secret: string): Promise<SignUpDraft | undefined> {
    return signUpDraft(await this.#ports.drafts.open(handle(interactionUid, secret)));
  }

  /** Name and address. The answer is the same whether or not the address has an account (law 6). */
  async begin(
    interactionUid: string,
    input: { displayName: unknown; email: unknown },
    visit: Visit,
  ): Promise<Result<NextStep>> {
    const profile = readProfile(input);
    if (!profile.ok) return profile;
    const { displayName: display_name } = profile.value;
    const email = this.asksEmail === 'none' ? undefined : profile.value.email;
    const place = { kind: 'sign_up', interactionUid } as const;
    if (email === undefined) {
      if (this.asksEmail === 'required') return refused('profile_invalid', 'the e-mail address is missing');
      return accepted({
        secret: await this.#ports.drafts.begin(place, { step: 'passkey', display_name, email: null }),
      });
    }
    const sent = await this.#sendCode(interactionUid, email, visit);
    if (!sent.ok) return sent;
    return accepted({ secret: await this.#ports.drafts.begin(place, { step: 'code', display_name, email }) });
  }

  /** Another code to the same address. */
  async resend(interactionUid: string, secret: string, visit: Visit): Promise<Result<undefined>> {
    const draft = await this.find(interactionUid, secret);
    if (draft?.step !== 'code') return stepGone();
    return await this.#sendCode(interactionUid, draft.email, visit);
  }

  async proveAddress(
    interactionUid: string,
    secret: string,
    { typed, asker }: { typed: string; asker: Asker },
  ): Promise<Result<NextStep>> {
    const draft = await this.find(interactionUid, secret);
    if (draft?.step !== 'code') return stepGone();
    const taken = await this.#ports.mailCodes.take(target(interactionUid, draft.email), typed, asker);
    if (!taken.ok) return taken;
    return this.#advance(interactionUid, secret, { ...draft, step: 'passkey' });
  }

  /** Whom the passkey is to be made for. */
  async profile(interactionUid: string, secret: string): Promise<Result<Profile>> {
    const draft = await this.find(interactionUid, secret);
    if (draft?.step !== 'passkey') return stepGone();
    return accepted({ displayName: draft.display_name, email: draft.email ?? undefined });
  }

  /** The account is there: makes its recovery codes. Without an address they could open nothing, so there are none. */
  async keepCodes(
    interactionUid: string,
    secret: string,
    { accountId, accountGeneration, acr, amr, authTime }: Authentication,
  ): Promise<Result<NextStep>> {
    const { recoveryCodes, key } = this.#ports;
    const draft = await this.find(interactionUid, secret);
    if (draft?.step !== 'passkey' || draft.email === null) return stepGone();
    const codes = await recoveryCodes.replace(accountId);
    return this.#advance(interactionUid, secret, {
      step: 'codes',
      account_id: accountId,
      auth_time: authTime,
      account_generation: accountGeneration,
      acr,
      amr,
      sealed_codes: await seal(key, JSON.stringify(codes)),
    });
  }

  /** The codes, until she has said that she keeps them. */
  async shownCodes(draft: SignUpDraft | undefined): Promise<readonly string[] | undefined> {
    if (draft?.step !== 'codes' || draft.sealed_codes === null) return undefined;
    return JSON.parse(await open(this.#ports.key, draft.sealed_codes)) as string[];
  }

  /** She has her codes, or does without for now: then there are none. Nobody sees them again. */
  async leave(
    interactionUid: string,
    secret: string,
    kept: boolean,
  ): Promise<Result<Authentication & NextStep>> {
    const draft = await this.find(interactionUid, secret);
    if (draft?.step !== 'codes') return stepGone();
    const next = await this.#advance(interactionUid, secret, { ...draft, sealed_codes: null });
    if (!next.ok) return next;
    // Not before the step is made: the tab that was first may have said that she keeps them.
    if (!kept && draft.sealed_codes !== null) await this.#ports.recoveryCodes.drop(draft.account_id);
    const { account_id: accountId, account_generation: accountGeneration, auth_time: authTime } = draft;
    const { acr = passkeyAcr, amr = passkeyAmr } = draft;
    return accepted({ ...next.value, accountId, accountGeneration, acr, amr, authTime });
  }

  async #advance(interactionUid: string, secret: string, draft: SignUpDraft): Promise<Result<NextStep>> {
    const next = await this.#ports.drafts.advance(handle(interactionUid, secret), draft);
    return next === undefined ? stepGone() : accepted({ secret: next });
  }

  async #sendCode(
    interactionUid: string,
    email: string,
    { asker, locale }: Visit,
  ): Promise<Result<undefined>> {
    const { accounts, mailCodes, mailer, limits } = this.#ports;
    const owner = await accounts.findByEmail(email);
    const withheld = !(await limits.takeMail(foldedAddress(email), asker));
    const code = await mailCodes.make(target(interactionUid, email), owner === undefined);
    if (!code.ok) return code;
    if (owner?.email === undefined) {
      const values = { code: code.value, minutes: mailCodes.minutes };
      await mailer.send({ to: email, kind: 'sign_up_code', locale, values, withheld });
    } else {
      const values = {};
      const to = owner.email;
      await mailer.send({
        to,
        kind: 'sign_up_address_taken',
        locale: owner.locale ?? locale,
        values,
        withheld,
      });
    }
    return accepted(undefined);
  }
}

function handle(interactionUid: string, secret: string): DraftHandle {
  return { kind: 'sign_up', interactionUid, secret };
}

function target(boundTo: string, email: string) {
  return { purpose: 'sign_up', boundTo, address: foldedAddress(email) } as const;
}
