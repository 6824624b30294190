import { sendSignal } from '@simplewebauthn/browser';

/** What the server says about the passkeys of the person who is signed in. */
export interface OwnSignals {
  readonly rpId: string;
  readonly userId: string;
  readonly allAcceptedCredentialIds: readonly string[];
  readonly name: string;
  readonly displayName: string;
}

const patience = 500;

/** Her password manager forgets what is no longer hers here, and shows her present name (WebAuthn L3 §5.1.10). */
export async function signalOwn(own: OwnSignals): Promise<void> {
  const { rpId: rpID, userId: userID } = own;
  const all = [...own.allAcceptedCredentialIds];
  await quietly(
    sendSignal({ signalName: 'allAcceptedCredentials', rpID, userID, allAcceptedCredentialIDs: all }),
    sendSignal({
      signalName: 'currentUserDetails',
      rpID,
      userID,
      userName: own.name,
      userDisplayName: own.displayName,
    }),
  );
}

/** The one that this browser has just presented is unknown to us. */
export async function signalGone(rpID: string, credentialID: string): Promise<void> {
  await quietly(sendSignal({ signalName: 'unknownCredential', rpID, credentialID }));
}

/** A signal is a courtesy: a browser that knows none, or is slow, keeps nobody waiting. */
async function quietly(...signals: Promise<unknown>[]): Promise<void> {
  const enough = new Promise((resolve) => setTimeout(resolve, patience));
  await Promise.race([Promise.allSettled(signals), enough]);
}
