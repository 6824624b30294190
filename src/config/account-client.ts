/**
 * The client by which the account's own pages have a person sign in. It is ours: no config and no command may declare
 * it, and it gets neither code nor token (docs/decisions/0016).
 */
export const accountClientId = 'holdfast-account';
