/** An event as it is read back from the stream of a script. */
export interface StoredScriptEvent {
  readonly type: string;
  readonly data: object;
  readonly revision: bigint;
  readonly metadata: object;
}

/** What a caller was told: that its command was carried out, with the revision of its last event. */
export interface Acknowledged {
  readonly key: string;
  readonly revision: bigint;
}

export interface ScriptHistoryFault {
  readonly fault:
    | 'acknowledged-not-stored'
    | 'acknowledged-twice'
    | 'after-retirement'
    | 'number-out-of-order'
    | 'revision-gap'
    | 'second-batch'
    | 'two-active';
  readonly at: bigint;
}

/**
 * Judges the stream of one script from the events alone, against what callers were told: every answer is stored and is
 * nobody else's, revisions and numbers have no gap, a command left one batch, at most one version is active at every
 * prefix, and nothing follows the end. Answers with no fault for a good one.
 */
export function judgeScriptHistory(
  events: readonly StoredScriptEvent[],
  acknowledged: readonly Acknowledged[] = [],
): readonly ScriptHistoryFault[] {
  return [...judgeEvents(events), ...judgeAnswers(events, acknowledged)];
}

function judgeEvents(events: readonly StoredScriptEvent[]): ScriptHistoryFault[] {
  const faults: ScriptHistoryFault[] = [];
  const seen = {
    commands: new Set<unknown>(),
    last: undefined as unknown,
    active: new Set<unknown>(),
    newest: 0,
  };
  let retired = false;
  events.forEach(({ type, data, revision, metadata }, index) => {
    const say = (fault: ScriptHistoryFault['fault']) => faults.push({ fault, at: revision });
    const { number } = data as { readonly number?: unknown };
    const { commandId } = metadata as { readonly commandId?: unknown };
    if (revision !== BigInt(index)) say('revision-gap');
    if (commandId !== seen.last && seen.commands.has(commandId)) say('second-batch');
    if (retired) say('after-retirement');
    if (type === 'DraftCreated' && number !== (seen.newest += 1)) say('number-out-of-order');
    if (type === 'VersionArchived') seen.active.delete(number);
    if (type === 'VersionPublished') seen.active.add(number);
    if (seen.active.size > 1) say('two-active');
    retired ||= type === 'ScriptRetired';
    seen.commands.add((seen.last = commandId));
  });
  return faults;
}

function judgeAnswers(
  events: readonly StoredScriptEvent[],
  acknowledged: readonly Acknowledged[],
): ScriptHistoryFault[] {
  const holder = new Map<bigint, string>();
  return acknowledged.flatMap(({ key, revision }): ScriptHistoryFault[] => {
    const event = events[Number(revision)];
    if (event?.revision !== revision) return [{ fault: 'acknowledged-not-stored', at: revision }];
    const other = holder.get(revision);
    holder.set(revision, key);
    return other === undefined || other === key ? [] : [{ fault: 'acknowledged-twice', at: revision }];
  });
}
