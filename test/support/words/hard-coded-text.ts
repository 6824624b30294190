import {
  identifier,
  isNode,
  literal,
  visit,
  type SourceFile,
  type SyntaxNode,
} from '../architecture/source-file.js';

const letter = /\p{L}/u;
/** `Sign in again.`, `Try again`: what nobody writes in a class name, a selector or a header. */
const sentence = /^\p{Lu}[\p{L}’']*(\s.*|[.?!…:])$|^[\p{L}’']+\s.*[.?!…]$/su;
const han = /\p{Script=Han}/u;

/** Attributes of elements, properties of our components and members of facts that a person reads or hears. */
const readAttributes = new Set(
  (
    'alt aria-description aria-label aria-placeholder aria-roledescription aria-valuetext caption consequence ' +
    'empty heading hint items label lede note placeholder problem steps summary title what when'
  ).split(' '),
);
/** Members of DOM objects that a person reads. */
const readMembers = new Set(
  'alt ariaDescription ariaLabel innerHTML innerText outerHTML placeholder textContent title'.split(' '),
);
/** Functions of the DOM whose arguments a person reads. */
const tellers = new Set(['alert', 'confirm', 'prompt', 'append', 'prepend', 'replaceChildren', 'Option']);

/** Texts that stand in a page or an island instead of in the catalogue, one sentence each. */
export function hardCodedTexts(file: SourceFile): string[] {
  const found = new Set<string>();
  const constants = constantsOf(file.program);
  const see = (node: unknown): void => {
    for (const text of textsOf(node, constants)) if (letter.test(text)) found.add(text.trim());
    // A full stop is not the same in every language.
    if (isNode(node) && node.type === 'JSXText' && /[.,:;!?]/.test(String(node['value'])))
      found.add(String(node['value']).trim());
  };
  const harmless = literalsNobodyReads(file.program);
  visit(file.program, (node) => {
    for (const read of readPlaces(node)) see(read);
    const text = wordsOf(node);
    const spoken = text !== undefined && (han.test(text) || sentence.test(text.trim()));
    if (spoken && !harmless.has(node)) found.add(text.trim());
  });
  return [...found].map((text) => `${file.path}: “${text.slice(0, 60)}” belongs in src/web/words`);
}

/** What of a node goes before a person's eyes or ears. */
function readPlaces(node: SyntaxNode): unknown[] {
  switch (node.type) {
    case 'JSXText':
      return [node];
    case 'JSXElement':
    case 'JSXFragment':
      return (node['children'] as SyntaxNode[]).map((child) => child['expression']);
    case 'JSXOpeningElement':
      return submits(node) ? attributesOf(node).filter(named('value')).map(valueOf) : [];
    case 'JSXAttribute':
      return readAttributes.has(nameOf(node)) ? [valueOf(node)] : [];
    case 'Property':
      return readAttributes.has(identifier(node['key']) ?? literal(node['key']) ?? '') ? [node['value']] : [];
    case 'AssignmentExpression':
      return readMembers.has(memberName(node['left'])) ? [node['right']] : [];
    case 'CallExpression':
    case 'NewExpression':
      return told(node);
    default:
      return [];
  }
}

function told(call: SyntaxNode): unknown[] {
  const { callee } = call as { callee?: unknown };
  const name = identifier(callee) ?? memberName(callee);
  const given = call['arguments'] as unknown[];
  if (tellers.has(name)) return given;
  if (name === 'createTextNode') return given;
  if (name === 'insertAdjacentText' || name === 'insertAdjacentHTML') return given.slice(1);
  if (name === 'setAttribute' && readAttributes.has(literal(given[0]) ?? '')) return given.slice(1);
  return [];
}

/** The literal texts that an expression may become, as far as its file tells. */
function* textsOf(node: unknown, constants: ReadonlyMap<string, SyntaxNode>): Generator<string> {
  if (!isNode(node)) return;
  const text = wordsOf(node);
  if (text !== undefined) yield text;
  const name = identifier(node);
  const constant = name === undefined ? undefined : constants.get(name);
  if (constant) yield* textsOf(constant, without(constants, name));
  for (const part of partsOf(node)) yield* textsOf(part, constants);
}

function partsOf(node: SyntaxNode): unknown[] {
  switch (node.type) {
    case 'ConditionalExpression':
      return [node['consequent'], node['alternate']];
    case 'LogicalExpression':
    case 'BinaryExpression':
      return node['operator'] === '+' || node.type === 'LogicalExpression'
        ? [node['left'], node['right']]
        : [];
    case 'TemplateLiteral':
      return node['expressions'] as unknown[];
    case 'ArrayExpression':
      return node['elements'] as unknown[];
    case 'ObjectExpression':
      return (node['properties'] as SyntaxNode[]).map((property) => property['value']);
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSNonNullExpression':
    case 'TSSatisfiesExpression':
    case 'JSXExpressionContainer':
      return [node['expression']];
    case 'MemberExpression':
      return node['computed'] || identifier(node['object']) === undefined ? [node['object']] : [];
    case 'CallExpression':
      // What `map` makes is said; what it is made of may be anything.
      return memberName(node['callee']) === 'map'
        ? (node['arguments'] as SyntaxNode[]).filter(isFunction)
        : [node['callee']];
    case 'ArrowFunctionExpression':
      return [node['body']];
    case 'BlockStatement':
      return (node['body'] as SyntaxNode[]).filter(({ type }) => type === 'ReturnStatement');
    case 'ReturnStatement':
      return [node['argument']];
    default:
      return [];
  }
}

/** Text between tags, a literal, or the fixed parts of a template. */
function wordsOf(node: SyntaxNode): string | undefined {
  if (node.type === 'JSXText') return String(node['value']);
  if (node.type === 'TemplateLiteral')
    return (node['quasis'] as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join('…');
  return literal(node);
}

/** What developers read: errors, refusals, types, imports; and attributes that nobody sees. */
function literalsNobodyReads(program: SyntaxNode): ReadonlySet<SyntaxNode> {
  const harmless = new Set<SyntaxNode>();
  visit(program, (node) => {
    const called = /^(CallExpression|NewExpression)$/.test(node.type)
      ? identifier(node['callee'])
      : undefined;
    const forDevelopers = called !== undefined && /^(refuse|require|\w*Error)$/.test(called);
    const unseen = node.type === 'JSXAttribute' && !readAttributes.has(nameOf(node));
    if (forDevelopers || unseen || /^(TSLiteralType|ImportDeclaration)$/.test(node.type))
      visit(node, (inner) => void harmless.add(inner));
  });
  return harmless;
}

function constantsOf(program: SyntaxNode): Map<string, SyntaxNode> {
  const constants = new Map<string, SyntaxNode>();
  visit(program, (node) => {
    const name = node.type === 'VariableDeclarator' ? identifier(node['id']) : undefined;
    if (name !== undefined && isNode(node['init'])) constants.set(name, node['init']);
  });
  return constants;
}

function without(constants: ReadonlyMap<string, SyntaxNode>, name: string | undefined) {
  return new Map([...constants].filter(([other]) => other !== name));
}

/** `<input type="submit">`, whose value is its label. */
function submits(opening: SyntaxNode): boolean {
  const type = attributesOf(opening).find(named('type'));
  const kind = type === undefined ? undefined : literal(valueOf(type));
  return kind !== undefined && ['submit', 'button', 'reset'].includes(kind) && tagOf(opening) === 'input';
}

function attributesOf(opening: SyntaxNode): SyntaxNode[] {
  return (opening['attributes'] as SyntaxNode[]).filter(({ type }) => type === 'JSXAttribute');
}

const named = (name: string) => (attribute: SyntaxNode) => nameOf(attribute) === name;
const valueOf = (attribute: SyntaxNode): unknown => attribute['value'];

function nameOf(attribute: SyntaxNode): string {
  return String((attribute['name'] as SyntaxNode)['name']);
}

function tagOf(opening: SyntaxNode): string {
  return String((opening['name'] as SyntaxNode)['name']);
}

function memberName(node: unknown): string {
  return isNode(node) && node.type === 'MemberExpression' ? (identifier(node['property']) ?? '') : '';
}

function isFunction({ type }: SyntaxNode): boolean {
  return type === 'ArrowFunctionExpression' || type === 'FunctionExpression';
}
