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
  const names = new Map(prepared.get(sql));
  const preparing = calls.flatMap(({ statement }) => {
    if (names.has(statement)) return [];
    const name = `s${names.size}`;
    names.set(statement, name);
    return [`PREPARE ${name} (json) AS ${statement}`];
  });
  const executing = calls.map(({ statement, json }) => `EXECUTE ${names.get(statement)}(${literal(json)})`);
  const parts = [head, ...preparing, ...executing, tail].filter((part) => part !== '');
  try {
    const answer: unknown = await sql.query(parts.join(';\n'));
    prepared.set(sql, names);
    const results = (Array.isArray(answer) ? answer : [answer]) as readonly pg.QueryResult[];
    return rowsOfCalls(results, calls.length, tail);
  } catch (error) {
    // What was prepared before the failure stays so, whatever becomes of the transaction.
    prepared.delete(sql);
    await sql.query('ROLLBACK; DEALLOCATE ALL').catch(() => undefined);
    throw error;
  }
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
