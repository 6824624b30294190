import { z } from 'zod';
import { configSchema } from './schema.js';

/** One line of the configuration that can be set, as the schema declares it. */
export interface Setting {
  readonly path: readonly string[];
  readonly kind: 'boolean' | 'integer' | 'text' | 'json';
  /** What a document says it takes: `integer 0–65535`, `opaque | jwt`. */
  readonly takes: string;
  readonly byDefault: unknown;
  /** False where it may be left out although nothing is its default. */
  readonly required: boolean;
  readonly description: string;
  /** The variable that sets it, and for a few contract names a short form that yields to the long one. */
  readonly variable: string;
  readonly shortVariable: string | undefined;
}

/** The part of JSON Schema that our schema is rendered to. */
interface SchemaNode {
  readonly type?: string;
  readonly default?: unknown;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
}

const shortVariables: Readonly<Record<string, string>> = {
  environment: 'NODE_ENV',
  host: 'HOST',
  port: 'PORT',
  management_port: 'MANAGEMENT_PORT',
  database_url: 'DATABASE_URL',
};

/** The configuration as JSON Schema: holdfast.schema.json, for editors. */
export function configJsonSchema(): object {
  return z.toJSONSchema(configSchema, { io: 'input' });
}

/** Every setting, in the order of the schema. Lists and the reserved sections count as one setting each. */
export function listSettings(): Setting[] {
  return walk(z.toJSONSchema(configSchema, { io: 'input' }) as SchemaNode, []);
}

/** The fields of one entry of a list such as `resources`, for the document. */
export function listEntryFields(list: string): Setting[] {
  const root = z.toJSONSchema(configSchema, { io: 'input' }) as SchemaNode;
  const entry = root.properties?.[list]?.items;
  return entry ? walk(entry, []) : [];
}

/** @param within whether what the node stands in is required itself, or always there */
function walk(node: SchemaNode, path: readonly string[], within = true): Setting[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const childPath = [...path, name];
    const isRequired = node.required?.includes(name) ?? false;
    if (child.properties) return walk(child, childPath, isRequired);
    const dotted = childPath.join('.');
    return [
      {
        path: childPath,
        kind: kindOf(child),
        takes: describeType(child),
        byDefault: child.default,
        required: within && isRequired,
        description: child.description ?? '',
        variable: `HOLDFAST_${childPath.join('_').toUpperCase()}`,
        shortVariable: shortVariables[dotted],
      },
    ];
  });
}

function kindOf({ type }: SchemaNode): Setting['kind'] {
  if (type === 'boolean' || type === 'integer') return type;
  return type === 'string' ? 'text' : 'json';
}

function describeType(node: SchemaNode): string {
  if (node.enum) return node.enum.join(' | ');
  if (node.type === 'integer') {
    const least = node.minimum ?? (node.exclusiveMinimum ?? -1) + 1;
    const bounded = node.maximum !== undefined && node.maximum < Number.MAX_SAFE_INTEGER;
    return bounded ? `integer ${least}–${node.maximum}` : `integer from ${least}`;
  }
  if (node.type === 'array') return `list of ${node.items?.type === 'object' ? 'objects' : 'text'}`;
  return node.type ?? 'reserved';
}
