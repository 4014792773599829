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
    expect(health.isHopeless('append', 50, silence)).toBe(true);
  });

  it('is not when another call was answered meanwhile', () => {
    const health = healthAt(0);
    clock = 100;
    health.heard('append');
    clock = 500;
    expect(health.isHopeless('append', 50, silence)).toBe(false);
    expect(health.isHopeless('append', 110, silence)).toBe(true);
  });

  it('is hopeless when one kind of call fails for seconds, though the other kind is answered', () => {
    const health = healthAt(0);
    for (; clock < 3_000; clock += 500) {
      expect(health.isHopeless('append', clock, broken)).toBe(false);
      health.heard('read');
    }
    clock = 3_500;
    expect(health.isHopeless('append', clock, broken)).toBe(true);
  });
});
