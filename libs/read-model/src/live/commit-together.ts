import { type Checkpoint, moveCall, type Progress } from '../database/checkpoint.js';
import type { Sql } from '../database/connect.js';
import { latestAtOf, markCalls, marksToKeep } from '../database/marks.js';
import { type Call, runScript } from '../database/script.js';
import type { RecordedEvent } from '../log/event-source.js';
import { foldEvents, type Touched, touchedBy } from '../projection/fold-events.js';
import { openWorkingSet, type WorkingSet } from '../projection/working-set.js';
import { statementsOf } from '../rows/row-store.js';
import { type BuildSql, loadCalls, saveCalls, storedRow } from '../rows/stored-rows.js';
import type { Committed } from './commit-events.js';
import { exceptionsOf, type WriterParts, type WriterState } from './writer-state.js';

/** Events behind the checkpoint of a build that follows the log, to be folded and committed. */
export interface Commit {
  readonly parts: WriterParts;
  readonly state: WriterState;
  readonly events: readonly [RecordedEvent, ...RecordedEvent[]];
}

/**
 * Rows are derived: what a crash of Postgres takes back is read from the log again, rows and checkpoint alike. A build that
 * is held, by a swap or a comparison, must not hold up the others.
 */
const BEGIN = [
  'BEGIN; SET LOCAL ROLE stemma_writer; SET LOCAL synchronous_commit = off',
  "SET LOCAL lock_timeout = '100ms'",
  // Postgres takes a JSON parameter for a hundred keys, and so would rather scan a table for the one that it is.
  'SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off',
].join('; ');

/**
 * Folds and commits for several builds in one transaction, on one connection, in two messages (one when no row has to be
 * looked at). Each build's own compare-and-set is in it, so each is fenced as if it were alone; when one cannot be committed
 * none is.
 *
 * Gives undefined, having done nothing, when the fold meets something out of the ordinary: then each goes its own way.
 */
export async function commitTogether(
  sql: Sql,
  commits: readonly Commit[],
): Promise<readonly Committed[] | undefined> {
  const opened = commits.map(openCommit);
  const loads = opened.flatMap(({ loading }) => loading);
  if (loads.length > 0) {
    const answers = await runScript(sql, { head: BEGIN, calls: loads.map(({ call }) => call), tail: '' });
    for (const [index, { table, set }] of loads.entries()) {
      set.load(
        table,
        (answers[index] ?? []).map((row) => storedRow(table, row)),
      );
    }
  }
  const folded = opened.map(fold);
  const done = folded.flatMap((one) => one ?? []);
  if (done.length < folded.length) {
    if (loads.length > 0) await sql.query('ROLLBACK');
    return undefined;
  }
  const calls = [...done.flatMap((one) => one.calls), moveCall(done.map(moveOf))];
  await runScript(sql, { head: loads.length > 0 ? '' : BEGIN, calls, tail: 'COMMIT' });
  return done.map(settle);
}

interface Opened extends Commit {
  readonly statements: BuildSql;
  readonly set: WorkingSet;
  readonly touched: Touched;
  readonly loading: readonly (ReturnType<typeof loadCalls>[number] & { readonly set: WorkingSet })[];
}

function openCommit(commit: Commit): Opened {
  const { build, projection } = commit.parts;
  const set = openWorkingSet(projection.tables);
  const statements = statementsOf(build, projection);
  const touched = touchedBy(projection, commit.events);
  const loading = loadCalls(statements, touched.keys());
  return { ...commit, statements, set, touched, loading: loading.map((load) => ({ ...load, set })) };
}

interface Done extends Commit {
  readonly calls: readonly Call[];
  readonly to: Progress;
  readonly lastMarked: string | null;
}

function fold(opened: Opened): Done | undefined {
  const { parts, state, events, statements, set, touched } = opened;
  const { projection, build } = parts;
  const { refusal, parked, held } = foldEvents(projection, events, set, exceptionsOf(parts, state), touched);
  if (refusal !== undefined || parked.length > 0 || held.size > 0) return undefined;
  const { latestAt, marks } = latestAtOf(events, state.checkpoint.latestAt);
  const { kept, last: lastMarked } = marksToKeep(marks, state.lastMarked);
  const last = events.at(-1) ?? events[0];
  return {
    parts,
    state,
    events,
    lastMarked,
    calls: [...saveCalls(statements, set.takeChanges()), ...markCalls(build, kept)],
    to: {
      considered: { position: last.position, eventId: last.id },
      events: state.checkpoint.events + BigInt(events.length),
      latestAt,
    },
  };
}

const moveOf = ({ parts: { build }, state: { checkpoint }, to }: Done) => ({ build, from: checkpoint, to });

function settle({ state, events, to, lastMarked }: Done): Committed {
  const checkpoint: Checkpoint = { ...state.checkpoint, ...to };
  state.checkpoint = checkpoint;
  state.lastMarked = lastMarked;
  return { events: events.length, parked: [], refusal: undefined };
}
