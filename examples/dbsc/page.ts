/** What both apps show. */
export function page(says: string): string {
  const button = (path: string, label: string): string =>
    `<form method="post" action="${path}"><button>${label}</button></form>`;
  const buttons = button('/login', 'Sign in') + button('/logout', 'Sign out');
  return `<!doctype html><link rel="icon" href="data:,"><title>Bound</title><h1>${says}</h1>${buttons}`;
}
