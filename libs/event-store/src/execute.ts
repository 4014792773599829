import { isRejection } from '@stemma/decider';
import { appendDecided } from './append-decided.js';
import { backOffMs, pause } from './back-off.js';
import type { Decided, ExecuteParts, Executed, Job } from './command.js';
import { CommandIdReused, PreconditionFailed, RevisionConflict } from './errors.js';
import type { RecordedEvent } from './event-store.js';
import { type History, unreadHistory } from './history.js';

/** What a state says to a command: events (none means "already so"), or a refusal. */
type Verdict =
  | { readonly kind: 'events'; readonly events: readonly Decided[] }
  | { readonly kind: 'refusal'; readonly refusal: Error };

/** What is known of the stream, and whether it was read for this very command. */
interface Ground<State> {
  readonly history: History<State>;
  readonly fresh: boolean;
}

const MORE_TRIES = 3;

/**
 * One command on one stream; the caller sees to it that only one runs per stream. Only a race that was lost on fresh ground
 * counts as one: that a cached state was old is nobody's conflict.
 */
export function executing<State, Command>(parts: ExecuteParts<State, Command>) {
  return async (job: Job<Command>): Promise<Executed<State>> => {
    let ground = await firstGround(parts, job);
    const allowed = job.options.onConflict === 'retry' ? MORE_TRIES : 0;
    let lost: RevisionConflict | undefined;
    for (let races = 0; ;) {
      const replay = await replayOf(parts, job, ground.history);
      if (replay !== undefined) return replay;
      const verdict = judge(parts, job, ground.history);
      if (verdict.kind === 'events' && verdict.events.length > 0) {
        if (lost !== undefined && races > allowed) throw lost;
        await job.options.beforeAppend?.();
        const stored = await appendDecided(parts, job, ground.history, verdict.events);
        if (!(stored instanceof RevisionConflict)) return stored;
        lost = stored;
        if (ground.fresh) await pause(backOffMs(races++, 5));
      } else if (ground.fresh) return answerWithoutEvents(verdict, ground.history);
      ground = await freshGround(parts, job, ground.history, lost !== undefined);
    }
  };
}

async function firstGround<State, Command>(
  { cache, histories, initial }: ExecuteParts<State, Command>,
  { stream, options }: Job<Command>,
): Promise<Ground<State>> {
  const cached = cache.get(stream);
  if (cached !== undefined) return { history: cached, fresh: false };
  if (options.create === true) return { history: unreadHistory(initial), fresh: false };
  const history = await histories.read(stream);
  cache.keep(stream, history);
  return { history, fresh: true };
}

/**
 * Reads what came since. A conflict with nothing new behind it means that the stream was deleted (and perhaps begun
 * again): then it is read from its start.
 */
async function freshGround<State, Command>(
  { cache, histories }: ExecuteParts<State, Command>,
  { stream }: Job<Command>,
  known: History<State>,
  wasConflict: boolean,
): Promise<Ground<State>> {
  const before = known.revision;
  await histories.catchUp(stream, known);
  const isGone = wasConflict && known.revision === before;
  const history = isGone ? await histories.read(stream) : known;
  cache.keep(stream, history);
  return { history, fresh: true };
}

/** The answer of the first time, from the events it stored (DESIGN "Idempotency"). */
async function replayOf<State, Command>(
  { store }: ExecuteParts<State, Command>,
  { stream, envelope }: Job<Command>,
  { commands, state }: History<State>,
): Promise<Executed<State> | undefined> {
  const seen = commands.find(envelope.commandId);
  if (seen === undefined) return undefined;
  if (seen.bodyHash !== envelope.bodyHash) throw new CommandIdReused(stream, envelope.commandId);
  const events: RecordedEvent[] = [];
  for await (const event of store.readStream(stream, { from: seen.firstRevision, limit: seen.count })) {
    events.push(event);
  }
  const last = events.at(-1);
  return {
    events,
    replayed: true,
    state,
    revision: last?.revision ?? null,
    position: last?.position ?? null,
  };
}

function judge<State, Command>(
  { decide }: ExecuteParts<State, Command>,
  { stream, command, options }: Job<Command>,
  { state, revision }: History<State>,
): Verdict {
  const { ifMatch } = options;
  if (ifMatch != null && ifMatch !== revision) {
    return { kind: 'refusal', refusal: new PreconditionFailed(stream, ifMatch, revision) };
  }
  try {
    return { kind: 'events', events: decide(state, command) };
  } catch (error) {
    if (isRejection(error)) return { kind: 'refusal', refusal: error };
    throw error;
  }
}

function answerWithoutEvents<State>(verdict: Verdict, history: History<State>): Executed<State> {
  if (verdict.kind === 'refusal') throw verdict.refusal;
  const { state, revision, position } = history;
  return { events: [], replayed: false, state, revision, position };
}
