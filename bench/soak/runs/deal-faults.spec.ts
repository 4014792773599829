import { describe, expect, it } from '@jest/globals';
import type { Parts } from '../../parts.js';
import { choose, none, possible } from './deal-faults.js';

const having = (...names: readonly string[]): Parts =>
  ({ processes: Object.fromEntries(names.map((name) => [name, 1])) }) as unknown as Parts;

describe('the faults that a soak deals', () => {
  it('are each chosen, by weight', () => {
    const names = possible(having('docker'));
    const drawn = Array.from({ length: 1_900 }, (_, n) => choose(names, (n + 0.5) / 1_900));
    const times = Map.groupBy(drawn, (name) => name);
    expect([...times.keys()].sort()).toEqual(Object.keys(none).sort());
    expect([times.get('workerKilled')?.length, times.get('engineKilled')?.length]).toEqual([800, 100]);
  });

  it('leave alone an engine that is not ours', () => {
    expect(possible(having('redis')).filter((name) => name.startsWith('engine'))).toEqual([]);
  });
});
