import type { Aggregate, Loaded, RecordedEvent } from '@stemma/event-store';

type Loading<State> = Pick<Aggregate<State, never>, 'load' | 'known'>;

/**
 * States that a subscription keeps up to date, in the order of the log. Who asks within a moment of its last word is
 * answered from here; what comes meanwhile acts that much later. Others are told what the log says.
 */
export interface HeardStates {
  /** A word of the subscription: what came before it was taken in. */
  hear(kind: 'event' | 'checkpoint' | 'caughtUp'): void;
  /** It was cut: what it says until it has caught up is old. */
  interrupted(): void;
  /** Takes in an event of a stream that was asked for. */
  take(states: Pick<Aggregate<unknown, never>, 'meet'>, event: RecordedEvent): Promise<void>;
  load<State>(states: Loading<State>, stream: string): Promise<Loaded<State>>;
}

const KEPT_MS = 250;
const FOLLOWED_STREAMS = 10_000;

export function openHeardStates(clock: () => number = () => performance.now()): HeardStates {
  /** Read since the subscription began, so that it has told, or will tell, all that they lack. */
  const followed = new Set<string>();
  let hasBegun = false;
  let isLive = false;
  let heardAt = Number.NEGATIVE_INFINITY;

  return {
    hear(kind) {
      hasBegun = true;
      if (kind === 'caughtUp') isLive = true;
      if (isLive) heardAt = clock();
    },
    interrupted() {
      isLive = false;
      heardAt = Number.NEGATIVE_INFINITY;
    },
    async take(states, event) {
      if (followed.has(event.stream)) await states.meet(event);
    },
    async load(states, stream) {
      if (followed.has(stream) && clock() - heardAt < KEPT_MS) {
        const known = await states.known(stream);
        if (known !== undefined) return known;
      }
      const isFollowed = hasBegun;
      const loaded = await states.load(stream);
      if (followed.size >= FOLLOWED_STREAMS) followed.clear();
      if (isFollowed) followed.add(stream);
      return loaded;
    },
  };
}
