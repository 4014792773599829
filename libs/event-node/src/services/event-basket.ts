import { type ProposedEvent, proposedSize } from '../store/proposed-event.js';
import { type AppendTarget, MAX_NAME_BYTES } from '../wire/append-requests.js';
import { CallRefusal, invalidArgument } from '../wire/grpc-errors.js';

/** Collects the events of one append; what goes beyond the limit is not kept, as the append is refused anyway. */
export interface EventBasket {
  readonly add: (events: readonly ProposedEvent[]) => void;
  readonly events: () => readonly ProposedEvent[];
}

export function createEventBasket(limit: number): EventBasket {
  const kept: ProposedEvent[] = [];
  let size = 0;
  return {
    add(events) {
      for (const event of events) {
        if (size > limit) return;
        size += proposedSize(event);
        kept.push(event);
      }
    },
    events: () => kept,
  };
}

/** Refuses what no record can hold. */
export function checkAppend(target: AppendTarget, events: readonly ProposedEvent[]): void {
  const refuse = (details: string): never => {
    throw new CallRefusal(invalidArgument(details));
  };
  if (target.stream === '') refuse('A stream name must not be empty.');
  if (Buffer.byteLength(target.stream) > MAX_NAME_BYTES)
    refuse(`A stream name is at most ${MAX_NAME_BYTES} bytes.`);
  for (const { type } of events) {
    if (type.length === 0) refuse('Every event needs a type.');
    if (type.length > MAX_NAME_BYTES) refuse(`An event type is at most ${MAX_NAME_BYTES} bytes.`);
  }
}
