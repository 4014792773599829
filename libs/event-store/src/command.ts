import type { EventStore, RecordedEvent } from './event-store.js';
import type { Historian, History } from './history.js';
import type { Watermark } from './watermark.js';

/** What the shell knows of one command. */
export interface Envelope {
  readonly commandId: string;
  readonly bodyHash: string;
  /** Stored as the metadata of each event; holds commandId and bodyHash too, by which a later process knows the command. */
  readonly metadata: object;
  /** The id of the index-th event of this command: always the same one (HAZARDS H1), never from content alone (H13). */
  readonly eventId: (index: number) => string;
  /**
   * No other execution of this command makes the same ids: what the store takes, and not what it has already, is answered. A
   * repetition of it meets a conflict, and is a replay.
   */
  readonly unrepeatable?: boolean;
}

export interface ExecuteOptions {
  /** The stream should not exist yet: append without reading first. */
  readonly create?: boolean;
  /** The revision that the caller saw (`If-Match`); none when absent or `null`. */
  readonly ifMatch?: bigint | null;
  /** `refuse` for commands that carry their base: a race with another writer is the caller's to see. */
  readonly onConflict: 'retry' | 'refuse';
  /** Done before each append: what the events will name has to be there first. Nothing is done for a refusal or `[]`. */
  readonly beforeAppend?: () => Promise<void>;
}

export interface Loaded<State> {
  readonly state: State;
  /** `null` for a stream that does not exist. */
  readonly revision: bigint | null;
  /** Of the last event; `null` for a stream that does not exist. */
  readonly position: bigint | null;
}

export interface Executed<State> extends Loaded<State> {
  /** As stored; empty for a command that changed nothing. `revision` and `position` are those of the last of them. */
  readonly events: readonly RecordedEvent[];
  /** The command was known: these are the events of the first time. */
  readonly replayed: boolean;
}

export interface Decided {
  readonly type: string;
  readonly data: object;
}

/** One command on its way. */
export interface Job<Command> {
  readonly stream: string;
  readonly command: Command;
  readonly envelope: Envelope;
  readonly options: ExecuteOptions;
}

/** What it takes to execute one. */
export interface ExecuteParts<State, Command> {
  readonly store: EventStore;
  readonly initial: State;
  readonly decide: (state: State, command: Command) => readonly Decided[];
  readonly histories: Historian<State>;
  readonly cache: {
    readonly get: (stream: string) => History<State> | undefined;
    readonly keep: (stream: string, history: History<State>) => void;
    readonly drop: (stream: string) => void;
  };
  readonly watermark: Watermark;
  readonly clock: () => Date;
}
