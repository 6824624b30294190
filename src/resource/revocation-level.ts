/** What one revocation can end, from the smallest to the largest. */
export const revocationLevels = ['token', 'grant', 'session', 'device', 'key', 'client', 'account'] as const;
export type RevocationLevel = (typeof revocationLevels)[number];
