import type { Context } from 'koa';

const names = { sign_up: 'holdfast_sign_up', recovery: 'holdfast_recovery' } as const;
type Kind = keyof typeof names;

/** Gives this browser the secret of its draft, for the pages of this one interaction. */
export function holdDraft(ctx: Context, kind: Kind, interactionUid: string, secret: string): void {
  ctx.cookies.set(names[kind], secret, {
    path: `/interaction/${interactionUid}`,
    httpOnly: true,
    sameSite: 'lax',
    secure: ctx.secure,
    signed: false,
  });
}

/** The secret that the browser shows; empty when it has none. */
export function heldDraft(ctx: Context, kind: Kind): string {
  return ctx.cookies.get(names[kind], { signed: false }) ?? '';
}
