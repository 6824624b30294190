import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from 'oxc-parser';

/** One import of a file, however it is written: static, side effect, re-export, type, dynamic, `require`. */
export interface Import {
  /** What stands between the quotes; undefined where it is computed and so can't be checked. */
  readonly specifier: string | undefined;
  /** True where it is erased by the compiler. */
  readonly typeOnly: boolean;
}

/** A node of the syntax tree, as far as our rules look at it. */
export interface SyntaxNode {
  readonly type: string;
  readonly [key: string]: unknown;
}

export interface SourceFile {
  /** From the repository's root, with `/`: `src/provider/claims.ts`. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
  readonly program: SyntaxNode;
}

/** Parses a file's text; throws where it is not TypeScript, so that a broken parse can't pass as "no imports". */
export function parseSource(filePath: string, text: string): SourceFile {
  const parsed = parseSync(filePath, text);
  if (parsed.errors.length > 0)
    throw new Error(`${filePath}: ${parsed.errors[0]?.message ?? 'does not parse'}`);
  const program = parsed.program as unknown as SyntaxNode;
  const imports: Import[] = [];
  visit(program, (node) => {
    const found = importOf(node);
    if (found) imports.push(found);
  });
  return { path: filePath, text, imports, program };
}

export function readSource(root: string, filePath: string): SourceFile {
  return parseSource(filePath, readFileSync(path.join(root, filePath), 'utf8'));
}

/** Calls back for every node, parents first. */
export function visit(node: SyntaxNode, found: (node: SyntaxNode) => void): void {
  found(node);
  for (const value of Object.values(node)) {
    if (isNode(value)) visit(value, found);
    else if (Array.isArray(value)) for (const item of value) if (isNode(item)) visit(item, found);
  }
}

export function isNode(value: unknown): value is SyntaxNode {
  return (
    typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
  );
}

/** The text of a string literal, also of a template without holes. */
export function literal(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'Literal' && typeof node['value'] === 'string') return node['value'];
  const quasis = node['quasis'];
  if (node.type !== 'TemplateLiteral' || !Array.isArray(quasis) || quasis.length !== 1) return undefined;
  return (quasis[0] as { value: { cooked: string } }).value.cooked;
}

/** The name of an identifier. */
export function identifier(node: unknown): string | undefined {
  return isNode(node) && node.type === 'Identifier' ? (node['name'] as string) : undefined;
}

function importOf(node: SyntaxNode): Import | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
      return { specifier: literal(node['source']), typeOnly: isErased(node, 'importKind') };
    case 'ExportNamedDeclaration':
      return node['source']
        ? { specifier: literal(node['source']), typeOnly: isErased(node, 'exportKind') }
        : undefined;
    case 'ExportAllDeclaration':
      return { specifier: literal(node['source']), typeOnly: node['exportKind'] === 'type' };
    case 'ImportExpression':
      return { specifier: literal(node['source']), typeOnly: false };
    case 'TSImportType':
      return { specifier: literal(node['source'] ?? node['argument']), typeOnly: true };
    case 'TSExternalModuleReference':
      return { specifier: literal(node['expression']), typeOnly: false };
    case 'CallExpression':
      return loads(node)
        ? { specifier: literal((node['arguments'] as unknown[])[0]), typeOnly: false }
        : undefined;
    default:
      return undefined;
  }
}

/** `import type …`, or braces in which every name is a type. */
function isErased(node: SyntaxNode, kind: 'importKind' | 'exportKind'): boolean {
  if (node[kind] === 'type') return true;
  const names = node['specifiers'];
  return (
    Array.isArray(names) && names.length > 0 && names.every((name) => isNode(name) && name[kind] === 'type')
  );
}

/** `require(…)`, `require.resolve(…)` and `import.meta.resolve(…)`. */
function loads(call: SyntaxNode): boolean {
  const callee = call['callee'];
  if (identifier(callee) === 'require') return true;
  if (!isNode(callee) || callee.type !== 'MemberExpression' || identifier(callee['property']) !== 'resolve')
    return false;
  const object = callee['object'];
  return identifier(object) === 'require' || (isNode(object) && object.type === 'MetaProperty');
}
