import { accepted, type Result } from '../lib/result.js';
import type { Mailer } from '../mail/mailer.js';
import type { AccountStore } from './account-store.js';
import type { Asker, AttemptLimits } from './attempt-limits.js';
import { type DraftService, type NextStep, stepGone } from './draft-service.js';
import { foldedAddress, readEmailAddress } from './email-address.js';
import type { MailCodeService } from './mail-code-service.js';
import { recoveryDraft } from './recovery-draft.js';
import type { Visit } from './visit.js';

export interface RecoveryMailPorts {
  readonly accounts: AccountStore;
  readonly drafts: DraftService;
  readonly mailCodes: MailCodeService;
  readonly mailer: Mailer;
  readonly limits: Pick<AttemptLimits, 'takeMail'>;
}

/** The first half of a recovery: the person proves her address. Of who has an account nobody learns (law 6). */
export class RecoveryMailService {
  readonly #ports: RecoveryMailPorts;

  constructor(ports: RecoveryMailPorts) {
    this.#ports = ports;
  }

  async begin(interactionUid: string, typed: unknown, visit: Visit): Promise<Result<NextStep>> {
    const email = readEmailAddress(typed);
    if (!email.ok) return email;
    const facts = await this.#sendCode(interactionUid, email.value, visit);
    if (!facts.ok) return facts;
    return accepted({
      secret: await this.#ports.drafts.begin({ kind: 'recovery', interactionUid }, facts.value),
    });
  }

  async resend(interactionUid: string, secret: string, visit: Visit): Promise<Result<undefined>> {
    const draft = recoveryDraft(await this.#ports.drafts.open({ kind: 'recovery', interactionUid, secret }));
    if (draft?.step !== 'mail_code') return stepGone();
    const sent = await this.#sendCode(interactionUid, draft.email, visit);
    return sent.ok ? accepted(undefined) : sent;
  }

  async proveAddress(
    interactionUid: string,
    secret: string,
    { typed, asker }: { typed: string; asker: Asker },
  ): Promise<Result<NextStep>> {
    const { drafts, mailCodes } = this.#ports;
    const handle = { kind: 'recovery', interactionUid, secret } as const;
    const draft = recoveryDraft(await drafts.open(handle));
    if (draft?.step !== 'mail_code') return stepGone();
    const taken = await mailCodes.take(target(interactionUid, draft.email), typed, asker);
    if (!taken.ok) return taken;
    if (draft.account_id === null) throw new Error('a code worked that was made for nobody');
    const { email, account_id } = draft;
    const next = await drafts.advance(handle, { step: 'recovery_code', email, account_id });
    return next === undefined ? stepGone() : accepted({ secret: next });
  }

  /** For nobody's address everything is done alike, but the mail stays in the house and no code fits. */
  async #sendCode(interactionUid: string, email: string, { asker, locale }: Visit) {
    const { accounts, mailCodes, mailer, limits } = this.#ports;
    const account = await accounts.findByEmail(email);
    const owner = account && !account.disabledAt ? account : undefined;
    const permitted = await limits.takeMail(foldedAddress(email), asker);
    const code = await mailCodes.make(target(interactionUid, email), owner !== undefined);
    if (!code.ok) return code;
    await mailer.send({
      // What was typed may fold to her address and be another mailbox.
      to: owner?.email ?? email,
      kind: 'recovery_code_mail',
      locale: owner?.locale ?? locale,
      values: { code: code.value, minutes: mailCodes.minutes },
      withheld: !permitted || owner === undefined,
    });
    return accepted({ step: 'mail_code', email, account_id: owner?.id ?? null });
  }
}

function target(boundTo: string, email: string) {
  return { purpose: 'recovery', boundTo, address: foldedAddress(email) } as const;
}
