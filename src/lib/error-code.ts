/** The `code` of an error: Node's name (`ENOENT`), SQLSTATE, or a library's own. Undefined when it has none. */
export function codeOf(error: unknown): string | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : undefined;
}
