import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '@stemma/event-store';
import { openHeardStates } from './heard-states.js';

/** A stream of numbered events, and what this process has read or met of it. */
function stream() {
  let [end, seen, reads] = [0, 0, 0];
  const at = (state: number) => ({ state, revision: BigInt(state), position: null });
  return {
    append: () => ({ stream: 's', revision: BigInt((end += 1)) }) as RecordedEvent,
    reads: () => reads,
    load: () => {
      reads += 1;
      seen = end;
      return Promise.resolve(at(seen));
    },
    known: () => Promise.resolve(at(seen)),
    meet: ({ revision }: RecordedEvent) => {
      if (revision === BigInt(seen + 1)) seen += 1;
      return Promise.resolve(undefined);
    },
  };
}

function following() {
  let now = 0;
  const script = stream();
  const heard = openHeardStates(() => now);
  const load = async () => (await heard.load<number>(script, 's')).state;
  return { script, heard, load, later: (ms: number) => void (now += ms) };
}

describe('states that a subscription keeps up to date', () => {
  it('are not read again within a moment of its last word, and have all that it told', async () => {
    const { script, heard, load } = following();
    heard.hear('caughtUp');
    await load();
    await heard.take(script, script.append());
    expect([await load(), script.reads()]).toEqual([1, 1]);
  });

  it('are read when it has been silent, and when it was cut, until it has caught up', async () => {
    const { script, heard, load, later } = following();
    heard.hear('caughtUp');
    await load();
    script.append();
    later(250);
    expect([await load(), script.reads()]).toEqual([1, 2]);
    heard.interrupted();
    script.append();
    heard.hear('event');
    expect([await load(), script.reads()]).toEqual([2, 3]);
    heard.hear('caughtUp');
    expect([await load(), script.reads()]).toEqual([2, 3]);
  });

  it('are read once more when they were read before it began, for what came between it never tells', async () => {
    const { script, heard, load } = following();
    await load();
    script.append();
    heard.hear('checkpoint');
    heard.hear('caughtUp');
    expect([await load(), await load(), script.reads()]).toEqual([1, 1, 2]);
  });
});
