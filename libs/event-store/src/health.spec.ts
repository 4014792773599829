import { describe, expect, it } from '@jest/globals';
import { connectionHealth } from './health.js';
import { Silence } from './silence.js';

const silence = new Silence(400);
const broken = new Error('14 UNAVAILABLE');

describe('the health of a connection', () => {
  let clock = 0;
  const healthAt = (start: number) => {
    clock = start;
    return connectionHealth(() => clock);
  };

  it('is hopeless when nothing was heard since a call began that got no answer', () => {
    const health = healthAt(0);
    health.heard('append');
    clock = 500;
    expect(health.isHopeless('append', 50, silence, 8)).toBe(true);
  });

  it('is not when another call was answered meanwhile', () => {
    const health = healthAt(0);
    clock = 100;
    health.heard('append');
    clock = 500;
    expect(health.isHopeless('append', 50, silence, 8)).toBe(false);
    expect(health.isHopeless('append', 110, silence, 8)).toBe(true);
  });

  it('is hopeless when one kind of call fails for seconds, though the other kind is answered', () => {
    const health = healthAt(0);
    for (; clock < 3_000; clock += 500) {
      expect(health.isHopeless('append', clock, broken, 0)).toBe(false);
      health.heard('read');
    }
    clock = 3_500;
    expect(health.isHopeless('append', clock, broken, 0)).toBe(true);
  });

  it('H5 waits for appends that may still wake up on the old connection', () => {
    const health = healthAt(0);
    health.heard('append');
    expect(health.isHopeless('append', 10, broken, 8)).toBe(false);
    clock = 10_000;
    expect(health.isHopeless('append', 5_000, silence, 8)).toBe(false);
    expect(health.isHopeless('append', 5_000, silence, 0)).toBe(true);
    clock = 21_000;
    expect(health.isHopeless('append', 15_000, silence, 8)).toBe(true);
  });
});
