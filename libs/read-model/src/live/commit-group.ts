import { setTimeout as pause } from 'node:timers/promises';
import type { RecordedEvent } from '../log/event-source.js';
import { commitEvents, type Committed } from './commit-events.js';
import { type Commit, commitTogether } from './commit-together.js';
import type { WriterParts, WriterState } from './writer-state.js';

/** The builds of this process that follow the log, as far as they commit at the same time. */
export interface CommitGroup {
  /** Like `commitEvents`, in one transaction with those who commit now too. */
  commit(parts: WriterParts, state: WriterState, events: readonly RecordedEvent[]): Promise<Committed>;
  /** Whether somebody committed a moment ago, or is about to. */
  readonly isBusy: () => boolean;
}

/** Commits begin so far apart at least: at once when idle, and under load some events share one. */
const APART_MS = 2;
/** So long after a commit nobody counts as idle. */
const MOMENT_MS = 1_000;

interface Waiting extends Commit {
  readonly outcome: PromiseWithResolvers<Committed>;
}

/** One transaction at a time; who comes while it runs waits for the next. */
export function openCommitGroup(): CommitGroup {
  let waiting: Waiting[] = [];
  let running = false;
  let endedAt = Number.NEGATIVE_INFINITY;

  const run = async () => {
    running = true;
    while (waiting.length > 0) {
      // Whoever was woken by the same event comes in the same turn.
      await new Promise(setImmediate);
      const began = performance.now();
      const commits = waiting;
      waiting = [];
      await commitAll(commits);
      endedAt = performance.now();
      const left = APART_MS - (performance.now() - began);
      if (left > 0.5) await pause(left);
    }
    running = false;
  };

  return {
    isBusy: () => running || performance.now() - endedAt < MOMENT_MS,
    commit: (parts, state, delivered) => {
      const behind = state.checkpoint.considered?.position ?? -1n;
      const [first, ...rest] = delivered.filter(({ position }) => position > behind);
      if (!first) return Promise.resolve({ events: 0, parked: [], refusal: undefined });
      const outcome = Promise.withResolvers<Committed>();
      waiting.push({ parts, state, events: [first, ...rest], outcome });
      if (!running) void run();
      return outcome.promise;
    },
  };
}

/** Together if possible, else each alone: whose fault it was shows then, and the others are not held up by it. */
async function commitAll(commits: readonly Waiting[]): Promise<void> {
  const [first] = commits;
  if (!first) return;
  // Whatever goes wrong together, each finds out for itself.
  const committed = await commitTogether(first.parts.sql, commits).catch(() => undefined);
  for (const [index, { parts, state, events, outcome }] of commits.entries()) {
    const one = committed?.[index];
    if (one) outcome.resolve(one);
    else commitEvents(parts, state, events).then(outcome.resolve, outcome.reject);
  }
}
