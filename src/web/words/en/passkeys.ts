export const passkeys = {
  /** What a passkey is called whose authenticator has no name. */
  unnamed: 'Passkey',
  /** What the script of a page with a passkey button says. */
  script: {
    waiting: 'Waiting for your passkey…',
    signingIn: 'Signing you in…',
    unsupported: 'This browser can’t use passkeys here. Update it, or open this page in another one.',
    notUsed: 'No passkey was used. You can try again.',
    exists: 'This device has a passkey for you already. Sign in with it.',
    wrongAddress: 'Passkeys don’t work at this address. Check that it is the right one.',
    noneFits: 'This device has no passkey that we can use.',
    failed: 'That did not work. Check your connection and try again.',
    requestId: 'Request id:',
  },
};
