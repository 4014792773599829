import type pg from 'pg';
import type { Sql } from './connect.js';

/** A statement with one parameter, `$1::json`, and what it is run with. */
export interface Call {
  readonly statement: string;
  readonly json: string;
}

/** What each session has prepared: names by statement. */
const prepared = new WeakMap<Sql, Map<string, string>>();

/**
 * Runs statements in one message, so with one round trip: `head`, the calls, each prepared once per session, and `tail`.
 * Gives the rows of the calls, in order. After a failure the rest was not run, and a transaction that was begun is rolled
 * back.
 */
export async function runScript(
  sql: Sql,
  { head, calls, tail }: { readonly head: string; readonly calls: readonly Call[]; readonly tail: string },
): Promise<readonly (readonly Record<string, unknown>[])[]> {
  try {
    const names = await prepareAll(sql, calls);
    const executing = calls.map(({ statement, json }) => `EXECUTE ${names.get(statement)}(${literal(json)})`);
    const parts = [head, ...executing, tail].filter((part) => part !== '');
    const answer: unknown = await sql.query(parts.join(';\n'));
    const results = (Array.isArray(answer) ? answer : [answer]) as readonly pg.QueryResult[];
    return rowsOfCalls(results, calls.length, tail);
  } catch (error) {
    await sql.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/**
 * The names of the statements. Each is prepared in a message of its own: Postgres keeps with a statement the whole message
 * that it came in, and copies that whenever the statement is run.
 */
async function prepareAll(sql: Sql, calls: readonly Call[]): Promise<ReadonlyMap<string, string>> {
  const names = prepared.get(sql) ?? new Map<string, string>();
  prepared.set(sql, names);
  for (const { statement } of calls) {
    if (names.has(statement)) continue;
    const name = `s${names.size}`;
    await sql.query(`PREPARE ${name} (json) AS ${statement}`);
    names.set(statement, name);
  }
  return names;
}

/** Every connection of ours has `standard_conforming_strings` on: a quote is all there is to escape. */
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const statementsIn = (text: string): number => (text === '' ? 0 : text.split(';').length);

function rowsOfCalls(
  results: readonly pg.QueryResult[],
  calls: number,
  tail: string,
): readonly (readonly Record<string, unknown>[])[] {
  const end = results.length - statementsIn(tail);
  return results.slice(end - calls, end).map(({ rows }) => rows as Record<string, unknown>[]);
}
