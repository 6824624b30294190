import type { Pool } from 'pg';
import type { AskText, Statement } from './connection.js';

/** The part of pg's connection that its own queries, and those of pg-cursor, speak the protocol through. */
interface Protocol {
  readonly stream: { cork(): void; uncork(): void };
  readonly parsedStatements: Readonly<Record<string, string | undefined>>;
  parse(statement: Statement): void;
  bind(bound: { readonly statement: string; readonly values: readonly string[] }): void;
  execute(): void;
  sync(): void;
}

type Settle = (error: Error | undefined, text?: string) => void;

/**
 * A query as pg's clients take it from outside ("submittable"), of one row with one text: no description of columns is
 * asked for and no row object made, which is half of what the driver takes for a small query.
 */
class TextQuery {
  readonly name: string;
  readonly text: string;
  readonly #values: readonly string[];
  #answer: string | undefined;
  /** The client wraps it, to give up in time. */
  callback: Settle;

  constructor({ name, text }: Statement, values: readonly string[], callback: Settle) {
    this.name = name;
    this.text = text;
    this.#values = values;
    this.callback = callback;
  }

  submit(connection: Protocol): void {
    const { name, text } = this;
    connection.stream.cork();
    try {
      if (connection.parsedStatements[name] === undefined) connection.parse({ name, text });
      connection.bind({ statement: name, values: this.#values });
      connection.execute();
      connection.sync();
    } finally {
      connection.stream.uncork();
    }
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    this.#answer = fields[0] ?? undefined;
  }

  handleError(error: Error): void {
    this.callback(error);
  }

  handleReadyForQuery(): void {
    this.callback(undefined, this.#answer);
  }

  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}
}

/** Asks for texts over connections of `pool`. As with its own queries, one that failed takes its connection along. */
export function textQueries(pool: Pool): AskText {
  return (statement, values) =>
    new Promise((resolve, reject) => {
      pool.connect((unconnected, client, release) => {
        if (!client) return reject(unconnected ?? new Error('the pool gave no connection'));
        let settled = false;
        // A connection is given back once, whoever else learns of its end later.
        const settle: Settle = (error, text) => {
          if (settled) return;
          settled = true;
          release(error);
          if (text === undefined) reject(error ?? noText(statement));
          else resolve(text);
        };
        try {
          client.query(new TextQuery(statement, values, settle) as never);
        } catch (error) {
          settle(error as Error);
        }
      });
    });
}

/** A mistake of ours in the statement. */
export function noText({ name }: Statement): Error {
  return new Error(`${name} answered no text`);
}
