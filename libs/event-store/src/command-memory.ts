/** What a stream remembers of a command: the events it left, which are its answer. */
export interface Seen {
  readonly bodyHash: string;
  readonly firstRevision: bigint;
  readonly count: number;
}

/** The last commands of one stream, by commandId; older ones are forgotten. */
export interface CommandMemory {
  find(commandId: string): Seen | undefined;
  /** Notes the event at `revision`; events must come in order. Metadata without a commandId leave no trace. */
  note(metadata: object, revision: bigint): void;
  readonly size: number;
}

const COMMANDS_KEPT = 1_000;

export function commandMemory(limit = COMMANDS_KEPT): CommandMemory {
  const seen = new Map<string, Seen>();
  return {
    find: (commandId) => seen.get(commandId),
    note(metadata, revision) {
      const { commandId, bodyHash } = metadata as { commandId?: unknown; bodyHash?: unknown };
      if (typeof commandId !== 'string') return;
      const known = seen.get(commandId);
      if (known !== undefined) {
        seen.set(commandId, { ...known, count: known.count + 1 });
        return;
      }
      seen.set(commandId, { bodyHash: String(bodyHash), firstRevision: revision, count: 1 });
      const [oldest] = seen.keys();
      if (seen.size > limit && oldest !== undefined) seen.delete(oldest);
    },
    get size() {
      return seen.size;
    },
  };
}
