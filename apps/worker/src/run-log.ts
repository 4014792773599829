import type { LogEntry } from '@stemma/runner';

/** The lines of one attempt: kept for the blob store, and handed on in batches to those who follow. */
export interface RunLog {
  add(entry: LogEntry): void;
  readonly lines: number;
  /** One JSON object per line; what is stored. */
  text(): string;
  /** Hands on what has not been handed on yet, and takes no more. */
  close(): Promise<void>;
}

export interface NumberedEntry {
  readonly offset: number;
  readonly entry: LogEntry;
}

const BATCH = 200;

/** `show` is told of lines in order; what it cannot take (Redis away) is not told again: the stored log has it. */
export function openRunLog(show: (entries: readonly NumberedEntry[]) => Promise<void>): RunLog {
  const kept: string[] = [];
  let unshown: NumberedEntry[] = [];
  let showing: Promise<void> | null = null;

  const showSome = async (): Promise<void> => {
    while (unshown.length > 0) {
      const batch = unshown.slice(0, BATCH);
      unshown = unshown.slice(BATCH);
      await show(batch).catch(() => undefined);
    }
    showing = null;
  };

  return {
    add(entry) {
      unshown.push({ offset: kept.length, entry });
      kept.push(JSON.stringify(entry));
      showing ??= showSome();
    },
    get lines() {
      return kept.length;
    },
    text: () => kept.map((line) => `${line}\n`).join(''),
    close: async () => {
      await showing;
    },
  };
}
