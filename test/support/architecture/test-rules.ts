import { identifier, isNode, visit, type SourceFile, type SyntaxNode } from './source-file.js';

const starters = ['describe', 'context', 'it', 'specify'];

/** Tests that don't run, or that keep others from running, one sentence each. */
export function skippedTests(file: SourceFile): string[] {
  const found: string[] = [];
  visit(file.program, (node) => {
    const fault = faultOf(node);
    if (fault) found.push(`${file.path}: ${fault}`);
  });
  return found;
}

function faultOf(node: SyntaxNode): string | undefined {
  if (node.type !== 'CallExpression') return undefined;
  const callee = node['callee'];
  const name = identifier(callee);
  if (name && /^x(it|describe|context|specify)$/.test(name)) return name;
  if (name && starters.includes(name))
    return (node['arguments'] as unknown[]).length < 2 ? `${name} without a body` : undefined;
  if (!isNode(callee) || callee.type !== 'MemberExpression') return undefined;
  const property = identifier(callee['property']) ?? '';
  if (starters.includes(identifier(callee['object']) ?? '') && ['only', 'skip'].includes(property))
    return `.${property}`;
  const object = callee['object'];
  return isNode(object) && object.type === 'ThisExpression' && property === 'skip' ? 'this.skip' : undefined;
}
