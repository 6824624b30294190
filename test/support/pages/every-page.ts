/** Which tests look at which states of each page; by the page's component. */
const everyPage: Readonly<Record<string, Looked & { readonly also?: Looked }>> = {
  HomePage: { by: 'sign-in', states: ['home'] },
  LoginPage: {
    by: 'sign-in',
    states: ['login', 'login-zh', 'login-no-script', 'login-strong', 'login-again', 'login-again-none'],
  },
  HandOverPage: { by: 'sign-in', states: ['hand-over'] },
  SignedOutPage: { by: 'sign-in', states: ['signed-out'] },
  LogoutPage: { by: 'sign-in', states: ['logout'] },
  ErrorPage: {
    by: 'sign-in',
    states: ['error', 'recovery-undo-spent'],
    also: { by: 'bound', states: ['device-unproven'] },
  },
  SignUpPage: { by: 'sign-in', states: ['sign-up', 'sign-up-problem'] },
  MailCodePage: {
    by: 'sign-in',
    states: ['mail-code', 'mail-code-wrong', 'mail-code-sent', 'recovery-mail-code'],
  },
  SignUpPasskeyPage: { by: 'sign-in', states: ['sign-up-passkey'] },
  SignUpCodesPage: { by: 'sign-in', states: ['sign-up-codes'] },
  ApprovalPage: {
    by: 'approval',
    states: [
      'approval',
      'approval-zh',
      'approval-models',
      'approval-wrong-passkey',
      'approval-held',
      'approval-passkey-held',
      'approval-without-passkey',
      'approval-expired',
      'approval-no-script',
    ],
  },
  ConsentPage: { by: 'sign-in', states: ['consent'] },
  RecoveryPage: { by: 'sign-in', states: ['recovery'] },
  WithoutCodesPage: { by: 'sign-in', states: ['recovery-without-codes'] },
  RecoveryCodePage: { by: 'sign-in', states: ['recovery-code', 'recovery-code-refused'] },
  RecoveryDonePage: { by: 'sign-in', states: ['recovery-done', 'recovery-done-passkey'] },
  RecoveryUndoPage: { by: 'sign-in', states: ['recovery-undo'] },
  RecoveryUndonePage: { by: 'sign-in', states: ['recovery-undone'] },
  UpstreamLeavingPage: { by: 'sign-in', states: ['upstream-leaving'] },
  UpstreamCreatePage: { by: 'sign-in', states: ['upstream-create'] },
  UpstreamConnectPage: { by: 'sign-in', states: ['upstream-connect'] },
  OverviewPage: {
    by: 'account',
    states: ['account-new', 'account', 'account-done', 'account-without-passkey', 'account-passkey-held'],
  },
  DevicesPage: { by: 'account', states: ['account-devices'] },
  DevicePage: { by: 'account', states: ['account-device', 'account-device-elsewhere'] },
  CutHerePage: { by: 'account', states: ['account-cut-off'] },
  ActivityPage: { by: 'account', states: ['account-activity'] },
  PasskeyPage: { by: 'account', states: ['account-passkey'] },
  AddPasskeyPage: {
    by: 'account',
    states: ['account-passkey-new', 'account-passkey-confirmed', 'account-passkey-first'],
  },
  NewCodesPage: { by: 'account', states: ['account-codes'] },
  CodesMadePage: { by: 'account', states: ['account-codes-made'] },
  EmailPage: { by: 'account', states: ['account-email'] },
  EmailCodePage: { by: 'account', states: ['account-email-code', 'account-email-code-wrong'] },
  ExportPage: { by: 'account', states: ['account-export', 'account-export-held'] },
  DeletePage: { by: 'account', states: ['account-delete'] },
  UnlinkPage: { by: 'account', states: ['account-identity'] },
  LockedPage: { by: 'account', states: ['account-locked'] },
  GonePage: { by: 'account', states: ['account-deleted'] },
  BackchannelApprovePage: {
    by: 'approve',
    states: [
      'approve',
      'approve-signed-in',
      'approve-sign-in',
      'approve-wrong',
      'approve-not-yours',
      'approve-refused',
      'approve-held',
      'approve-no-script',
    ],
  },
  BackchannelEndPage: {
    by: 'approve',
    states: [
      'approve-done',
      'approve-done-signed-in',
      'approve-answered',
      'approve-denied',
      'approve-not-me',
      'approve-stopped',
      'approve-wrong-numbers',
      'approve-too-weak',
      'approve-expired',
    ],
  },
  DemoPage: { by: 'demo', states: ['demo', 'demo-middle', 'demo-end', 'demo-broken', 'demo-no-script'] },
  DoorwayPage: {
    by: 'account',
    states: ['account-doorway'],
    also: { by: 'bound', states: ['proving'] },
  },
};

export type Walk = 'sign-in' | 'account' | 'approval' | 'approve' | 'demo' | 'bound';

interface Looked {
  readonly by: Walk;
  readonly states: readonly string[];
}

/** The states that one of the tests must have looked at. */
export function statesOf(walk: Walk): string[] {
  const looked = Object.values(everyPage).flatMap((page) => [page, ...(page.also ? [page.also] : [])]);
  return looked.flatMap(({ by, states }) => (by === walk ? states : []));
}

export const pageNames: ReadonlySet<string> = new Set(Object.keys(everyPage));
