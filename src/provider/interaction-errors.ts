import type { Middleware } from 'koa';
import { errors } from 'oidc-provider';
import { refuse } from '../lib/refusal.js';
import { refusalOfError } from './provider-error.js';

/** What oidc-provider throws at our own routes, as the refusal that it stands for. Anything else goes on its way. */
export const translateProviderErrors: Middleware = async (_ctx, next) => {
  try {
    await next();
  } catch (error) {
    if (!(error instanceof errors.OIDCProviderError)) throw error;
    const { code, detail } = refusalOfError(error);
    throw refuse(code, detail);
  }
};
