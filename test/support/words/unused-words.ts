import {
  identifier,
  isNode,
  literal,
  visit,
  type SourceFile,
  type SyntaxNode,
} from '../architecture/source-file.js';

/** The names that a file takes from objects, and those that it computes: by any expression, or by `${kind}_subject`. */
interface Mentions {
  readonly names: ReadonlySet<string>;
  readonly computed: readonly Computed[];
}

interface Computed {
  readonly before: string;
  readonly after: string;
}

/**
 * The paths of the catalogue that no file of the source names. A path counts as used where one file takes all its
 * names from objects (`site.words.login.title`, `const { login } = words`, `Words['login']`), or computes one of them
 * (`words.events[kind]`) which some file writes as a literal.
 */
export function unusedWords(paths: readonly string[], files: readonly SourceFile[]): string[] {
  const mentions = files.map(mentionsOf);
  const anywhere = new Set(mentions.flatMap(({ names }) => [...names]));
  return paths.filter((path) => {
    const [area = '', ...names] = path.split('.');
    return !mentions.some(
      (file) =>
        file.names.has(area) &&
        names.every(
          (name) => file.names.has(name) || file.computed.some((computed) => makes(computed, name, anywhere)),
        ),
    );
  });
}

function makes({ before, after }: Computed, name: string, anywhere: ReadonlySet<string>): boolean {
  if (!name.startsWith(before) || !name.endsWith(after)) return false;
  return anywhere.has(name.slice(before.length, name.length - after.length));
}

function mentionsOf(file: SourceFile): Mentions {
  const names = new Set<string>();
  const computed: Computed[] = [];
  visit(file.program, (node) => {
    for (const name of namesIn(node)) names.add(name);
    if (node.type === 'MemberExpression' && node['computed'] === true && !literal(node['property']))
      computed.push(computedBy(node['property'] as SyntaxNode));
  });
  return { names, computed };
}

function computedBy(property: SyntaxNode): Computed {
  if (property.type !== 'TemplateLiteral') return { before: '', after: '' };
  const fixed = (property['quasis'] as { value: { cooked: string } }[]).map(({ value }) => value.cooked);
  return { before: fixed[0] ?? '', after: fixed.at(-1) ?? '' };
}

function namesIn(node: SyntaxNode): string[] {
  switch (node.type) {
    case 'MemberExpression':
      return [identifier(node['property']) ?? ''];
    case 'ObjectPattern':
      return (node['properties'] as SyntaxNode[]).map((property) => identifier(property['key']) ?? '');
    case 'TSPropertySignature':
      return isNode(node['key']) ? [identifier(node['key']) ?? ''] : [];
    default:
      return [literal(node) ?? ''];
  }
}
