import { describe, expect, it } from '@jest/globals';
import { commandMemory } from './command-memory.js';

describe('the memory of commands', () => {
  it('knows where the events of a command begin and how many they are', () => {
    const memory = commandMemory();
    memory.note({ commandId: 'a', bodyHash: 'x' }, 0n);
    memory.note({ commandId: 'b', bodyHash: 'y' }, 1n);
    memory.note({ commandId: 'b', bodyHash: 'y' }, 2n);
    expect(memory.find('a')).toEqual({ bodyHash: 'x', firstRevision: 0n, count: 1 });
    expect(memory.find('b')).toEqual({ bodyHash: 'y', firstRevision: 1n, count: 2 });
    expect(memory.find('c')).toBeUndefined();
  });

  it('forgets the oldest command beyond its limit, which is a thousand', () => {
    const memory = commandMemory();
    for (let n = 0; n <= 1_000; n += 1) memory.note({ commandId: `c${n}`, bodyHash: '' }, BigInt(n));
    expect([memory.size, memory.find('c0'), memory.find('c1')?.firstRevision]).toEqual([
      1_000,
      undefined,
      1n,
    ]);
  });

  it('takes no notice of events without a commandId', () => {
    const memory = commandMemory();
    memory.note({}, 0n);
    expect(memory.size).toBe(0);
  });
});
