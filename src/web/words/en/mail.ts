/*
 * What our mails say. `KIND_subject` and `KIND`: paragraphs are parted by an empty line. The code stands after the first
 * paragraph, the link after the last.
 */
export const mail = {
  sign_up_code_subject: ({ brand }: { brand: string }) => `Your code for ${brand}`,
  sign_up_code: ({ brand, minutes }: { brand: string; minutes: number }) =>
    `Type this code where you are signing up to ${brand}:

It is good for ${minutes} minutes. Nobody from ${brand} will ask you for it.

If you aren’t signing up, ignore this mail. Nothing happens without the code.`,

  sign_up_address_taken_subject: ({ brand }: { brand: string }) => `You already have a ${brand} account`,
  sign_up_address_taken: ({ brand }: { brand: string }) =>
    `Somebody, perhaps you, tried to sign up to ${brand} with this address. It has an account, so no other was made.

If it was you, sign in with your passkey instead. If it wasn’t, you need do nothing: they got no code, and weren’t told that you have an account.`,

  change_address_code_subject: ({ brand }: { brand: string }) => `Your code for ${brand}`,
  change_address_code: ({ brand, minutes }: { brand: string; minutes: number }) =>
    `Type this code to make this the address of your ${brand} account:

It is good for ${minutes} minutes. Nobody from ${brand} will ask you for it.

If you have no ${brand} account, ignore this mail: somebody mistyped their address.`,

  recovery_code_mail_subject: ({ brand }: { brand: string }) => `Your code to get back into ${brand}`,
  recovery_code_mail: ({ brand, minutes }: { brand: string; minutes: number }) =>
    `Type this code where you are getting back into your ${brand} account:

It is good for ${minutes} minutes. Nobody from ${brand} will ask you for it.

If this isn’t you, somebody else is trying to get in. They can’t without this code, so give it to nobody.`,

  you_are_back_subject: ({ brand }: { brand: string }) => `You’re back in your ${brand} account`,
  you_are_back: ({ paid, left }: { paid: string; left: number }) =>
    `You’re back in. Your account was recovered with a mail code and a recovery code, and everything else was signed out. Paid models open again on ${paid}. Recovery codes left: ${left}.

If this wasn’t you, undo it now. Whoever got in is put out at once, and so are the passkeys they added.`,
  undo: 'Undo the recovery',

  passkey_added_subject: ({ brand }: { brand: string }) => `A passkey was added to your ${brand} account`,
  passkey_added: ({ brand, passkey }: { brand: string; passkey: string }) =>
    `The passkey “${passkey}” can now sign in to your ${brand} account.`,
  passkey_held: ({ from }: { from: string }) => `It can’t approve payments or changes before ${from}.`,

  passkey_removed_subject: ({ brand }: { brand: string }) =>
    `A passkey was removed from your ${brand} account`,
  passkey_removed: ({ brand, passkey }: { brand: string; passkey: string }) =>
    `The passkey “${passkey}” can no longer sign in to your ${brand} account.`,

  recovery_codes_made_subject: ({ brand }: { brand: string }) =>
    `New recovery codes for your ${brand} account`,
  recovery_codes_made: ({ brand }: { brand: string }) =>
    `New recovery codes were made for your ${brand} account. Older ones no longer work.`,

  address_changed_subject: ({ brand }: { brand: string }) => `The address of your ${brand} account changed`,
  address_changed: ({ brand, address }: { brand: string; address: string }) =>
    `The e-mail address of your ${brand} account is now ${address}.`,

  app_disowned_subject: ({ brand }: { brand: string }) => `An app asked in your name on ${brand}`,
  app_disowned: ({ brand, app }: { brand: string; app: string }) =>
    `You said that you didn’t ask for a request of ${app}. It was disconnected from your ${brand} account, and it can’t ask you again for a while.`,
  app_disconnected_subject: ({ brand }: { brand: string }) =>
    `An app was disconnected from your ${brand} account`,
  app_disconnected: ({ brand, app }: { brand: string; app: string }) =>
    `${app} no longer has access to your ${brand} account.`,

  approval_wanted_subject: ({ brand }: { brand: string }) => `An app asks for your approval on ${brand}`,
  approval_wanted: ({ app, minutes }: { app: string; minutes: number }) =>
    `${app} asks for your approval. It waits for ${minutes === 1 ? 'one minute' : `${minutes} minutes`}.\n\nOpen the page to see what it asks for. You will need the number that the other screen shows. If it wasn’t you who asked, say so there.`,
  approve: 'See what it asks',

  signed_out_everywhere_subject: ({ brand }: { brand: string }) =>
    `Your ${brand} account was signed out everywhere`,
  signed_out_everywhere: ({ brand }: { brand: string }) =>
    `Every browser and every app was signed out of your ${brand} account. Sign in again where you need it.`,

  identity_linked_subject: ({ brand }: { brand: string }) => `A sign-in was linked to your ${brand} account`,
  identity_linked: ({ brand, provider }: { brand: string; provider: string }) =>
    `You can now also sign in to your ${brand} account with ${provider}.`,

  identity_unlinked_subject: ({ brand }: { brand: string }) =>
    `A sign-in was unlinked from your ${brand} account`,
  identity_unlinked: ({ brand, provider }: { brand: string; provider: string }) =>
    `${provider} can no longer sign in to your ${brand} account.`,

  account_deleted_subject: ({ brand }: { brand: string }) => `Your ${brand} account was deleted`,
  account_deleted: ({ brand }: { brand: string }) =>
    `Your ${brand} account was deleted with everything in it. This is the last mail about it.`,

  data_exported_subject: ({ brand }: { brand: string }) => `Your ${brand} data were exported`,
  data_exported: ({ brand }: { brand: string }) =>
    `A copy of the data of your ${brand} account was downloaded.`,

  new_browser_signed_in_subject: ({ brand }: { brand: string }) =>
    `A new browser signed in to your ${brand} account`,
  new_browser_signed_in: ({ brand }: { brand: string }) =>
    `Your ${brand} account was signed in to from a browser that we haven’t seen before.`,

  test_subject: ({ brand }: { brand: string }) => `A test mail from ${brand}`,
  test: ({ brand }: { brand: string }) => `This is a test. Mails from ${brand} arrive.`,

  when: ({ when }: { when: string }) => `When: ${when}`,
  browser: ({ browser }: { browser: string }) => `Browser: ${browser}`,
  place: ({ place }: { place: string }) => `Place: ${place}`,
  not_you:
    'If this wasn’t you, open your account, lock everything there, then sign in again and remove whatever isn’t yours.',
  open_account: 'Open your account',
};
