import type { EventStoreDBClient } from '@eventstore/db-client';
import { openAppendCall, sendOver } from '../batch-append/append-call.js';
import type { BytesAppend } from '../batch-append/append-message.js';
import { AppendTooLarge, RevisionConflict, StoreUnavailable, StreamDeleted } from '../errors.js';

/** Appends of bytes on one call of their own, stored in the order in which they were given. */
export interface RawAppends {
  /**
   * Sends when there is room, and resolves when the append is stored, to its last revision. Rejects with
   * `RevisionConflict`, `StreamDeleted`, `AppendTooLarge`, and `StoreUnavailable` when the outcome is unknown.
   */
  readonly append: (append: BytesAppend) => Promise<bigint>;
  /** Resolves when there is room for another append: the pace of who sends without waiting for each answer. */
  readonly room: () => Promise<void>;
  /** Waits until all are answered. */
  readonly settled: () => Promise<void>;
  readonly close: () => void;
}

/** What may be under way: enough to keep the server busy, little enough for its memory and ours. */
const MOST_APPENDS = 256;
const MOST_BYTES = 4 * 1024 * 1024;

const isRefusal = (error: unknown): error is Error =>
  error instanceof RevisionConflict || error instanceof StreamDeleted || error instanceof AppendTooLarge;

export async function openRawAppends(client: EventStoreDBClient): Promise<RawAppends> {
  const call = await openAppendCall(client);
  let [count, bytes] = [0, 0];
  let failure: Error | undefined;
  let wake: (() => void)[] = [];

  const changed = (): void => {
    const woken = wake;
    wake = [];
    for (const each of woken) each();
  };
  const until = async (holds: () => boolean): Promise<void> => {
    while (failure === undefined && !holds()) await new Promise<void>((resolve) => wake.push(resolve));
    if (failure !== undefined) throw failure;
  };
  const clear = (error: unknown): Error => {
    if (isRefusal(error)) return error;
    return (failure ??= new StoreUnavailable('copying, outcome of the last appends unknown', error));
  };
  return {
    async append(append) {
      const size = append.events.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);
      [count, bytes] = [count + 1, bytes + size];
      try {
        return (await sendOver(call, append)).revision;
      } catch (error) {
        throw clear(error);
      } finally {
        [count, bytes] = [count - 1, bytes - size];
        changed();
      }
    },
    room: () => until(() => count < MOST_APPENDS && bytes < MOST_BYTES),
    settled: () => until(() => count === 0),
    close: () => call.cancel(),
  };
}
