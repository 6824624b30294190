/** A code that the person types where she began. */
interface CodeValues {
  readonly code: string;
  /** How long it is good. */
  readonly minutes: number;
}

/** Where a change came from, as far as it is known. */
interface Circumstances {
  /** `Firefox on Windows`. */
  readonly browser?: string;
  readonly place?: string;
}

/** What each kind of mail tells. Moments are seconds since the epoch; paths are ours and begin with `/`. */
export interface LetterValues {
  readonly sign_up_code: CodeValues;
  /** Somebody began a sign-up with an address that has an account; there is no code that works. */
  readonly sign_up_address_taken: Circumstances;
  readonly change_address_code: CodeValues;
  readonly recovery_code_mail: CodeValues & Circumstances;
  /** A recovery went through; `undoPath` ends what it made. */
  readonly you_are_back: Circumstances & {
    readonly undoPath: string;
    readonly paidTiersFrom: number;
    readonly codesLeft: number;
  };
  readonly passkey_added: Circumstances & { readonly passkey: string; readonly stepUpFrom?: number };
  readonly passkey_removed: Circumstances & { readonly passkey: string };
  readonly recovery_codes_made: Circumstances;
  /** Goes to the old address and to the new one. */
  readonly address_changed: Circumstances & { readonly newAddress: string };
  readonly app_disconnected: Circumstances & { readonly app: string };
  readonly app_disowned: Circumstances & { readonly app: string };
  /** A client asks for her from elsewhere; she answers at `approvePath`. */
  readonly approval_wanted: Circumstances & {
    readonly app: string;
    readonly approvePath: string;
    readonly minutes: number;
  };
  readonly signed_out_everywhere: Circumstances;
  readonly identity_linked: Circumstances & { readonly provider: string };
  readonly identity_unlinked: Circumstances & { readonly provider: string };
  readonly account_deleted: Circumstances;
  readonly data_exported: Circumstances;
  readonly new_browser_signed_in: Circumstances;
  readonly test: Circumstances;
}

export type LetterKind = keyof LetterValues;

export interface Letter<Kind extends LetterKind = LetterKind> {
  /** The address as the person typed it. */
  readonly to: string;
  readonly kind: Kind;
  /** BCP 47, as the account has it; English where we don't speak it. */
  readonly locale: string;
  readonly values: LetterValues[Kind];
  /**
   * True: everything happens but the delivery. For whoever must not learn whether there is an account (law 6), and
   * beyond the limit of mails to one address.
   */
  readonly withheld?: boolean;
}
