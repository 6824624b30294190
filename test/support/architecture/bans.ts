import { identifier, isNode, literal, visit, type SourceFile, type SyntaxNode } from './source-file.js';

const clock = { homes: ['src/lib/clock.ts'], instead: 'take a Clock as an argument' };
const random = { homes: ['src/lib/random.ts'], instead: 'take a Random as an argument' };
const environment = { homes: ['src/config/'], instead: 'only src/config reads the environment' };
const bans = { 'Date.now': clock, 'new Date()': clock, 'Math.random': random, 'process.env': environment };
type Ban = keyof typeof bans;

const members: Readonly<Record<string, Readonly<Record<string, Ban>>>> = {
  Date: { now: 'Date.now' },
  Math: { random: 'Math.random' },
  process: { env: 'process.env' },
};

/** Hidden inputs (time, chance, environment) used outside their homes, one sentence each. */
export function banViolations(file: SourceFile): string[] {
  const found: string[] = [];
  visit(file.program, (node) => {
    for (const ban of bansOf(node)) {
      if (!bans[ban].homes.some((home) => file.path.startsWith(home)))
        found.push(`${file.path}: ${ban}; ${bans[ban].instead}`);
    }
  });
  return found;
}

/** Comments that put off a duty or switch a check off. */
export function commentViolations(file: SourceFile): string[] {
  const marks = ['TO' + 'DO', 'FIX' + 'ME', '@ts-' + 'ignore', '@ts-' + 'expect-error', '@ts-' + 'nocheck'];
  return marks.filter((mark) => file.text.includes(mark)).map((mark) => `${file.path}: ${mark}`);
}

function bansOf(node: SyntaxNode): Ban[] {
  switch (node.type) {
    case 'MemberExpression':
      return memberBan(objectName(node['object']), propertyName(node));
    case 'NewExpression':
      return identifier(node['callee']) === 'Date' && isEmptyList(node['arguments']) ? ['new Date()'] : [];
    case 'CallExpression':
      return identifier(node['callee']) === 'Date' ? ['new Date()'] : [];
    case 'VariableDeclarator':
      return destructured(node);
    case 'ImportDeclaration':
      return importsEnvironment(node) ? ['process.env'] : [];
    default:
      return [];
  }
}

function memberBan(object: string | undefined, property: string | undefined): Ban[] {
  const ban = object && property && Object.hasOwn(members, object) ? members[object]?.[property] : undefined;
  return ban ? [ban] : [];
}

/** `Date` of `Date` and of `globalThis.Date`. */
function objectName(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  return node.type === 'MemberExpression' && identifier(node['object']) === 'globalThis'
    ? propertyName(node)
    : identifier(node);
}

function propertyName(member: SyntaxNode): string | undefined {
  return member['computed'] ? literal(member['property']) : identifier(member['property']);
}

/** `const { env } = process`. */
function destructured(declarator: SyntaxNode): Ban[] {
  const pattern = declarator['id'];
  if (!isNode(pattern) || pattern.type !== 'ObjectPattern') return [];
  const object = objectName(declarator['init']);
  const keys = (pattern['properties'] as SyntaxNode[]).map((property) => identifier(property['key']));
  return keys.flatMap((key) => memberBan(object, key));
}

/** `import { env } from 'node:process'`. */
function importsEnvironment(declaration: SyntaxNode): boolean {
  if (!['node:process', 'process'].includes(literal(declaration['source']) ?? '')) return false;
  return (declaration['specifiers'] as SyntaxNode[]).some((name) => identifier(name['imported']) === 'env');
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
