import type { Middleware } from 'koa';

/**
 * Lets only requests at paths that begin so (whatever the case) reach the middleware. A router tries every pattern that it
 * has; a token or an introspection, which is none of its business, must not wait for that.
 */
export function below(prefixes: readonly string[], middleware: Middleware): Middleware {
  return (ctx, next) => {
    const { path } = ctx;
    const within = prefixes.some((prefix) => path.slice(0, prefix.length).toLowerCase() === prefix);
    return within ? middleware(ctx, next) : next();
  };
}
