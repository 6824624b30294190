import type { EntitySchemaColumnOptions } from 'typeorm';

/*
 * Column kinds. Entities name their properties as their columns, so that a row is the same object whether TypeORM
 * or fixed SQL has read it. int8 arrives as a string from both drivers; `fromRow` makes it a number.
 */
type Column = Readonly<EntitySchemaColumnOptions>;

export const text: Column = { type: 'text' };
export const textArray: Column = { type: 'text', array: true };
export const bytes: Column = { type: 'bytea' };
export const integer: Column = { type: 'int' };
export const bigInteger: Column = { type: 'bigint' };
export const boolean: Column = { type: 'boolean' };
export const moment: Column = { type: 'timestamptz' };
/** `json`, not `jsonb`: nobody queries inside, and jsonb refuses U+0000, which a stranger can send. */
export const json: Column = { type: 'json' };
/** Starts at 0 and moves at each revocation. */
export const generation: Column = { type: 'int', default: 0 };

/** The number of the epoch in which the row was made. */
export const epoch: Column = { type: 'int', default: 0 };

export function optional(column: Column): Column {
  return { ...column, nullable: true };
}

/** Part of the primary key; PostgreSQL's own name for it keeps the schema diff empty. */
export function key(table: string, column: Column): Column {
  return { ...column, primary: true, primaryKeyConstraintName: `${table}_pkey` };
}
