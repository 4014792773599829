import { describe, expect, it } from '@jest/globals';
import { openRunLog } from './run-log.js';

const entry = (message: string) => ({ at: 0, level: 'info' as const, stream: 'stdout' as const, message });

describe('the log of an attempt', () => {
  it('shows lines in order, numbered from 0, and keeps them all', async () => {
    const shown: number[] = [];
    const log = openRunLog(async (entries) => {
      await Promise.resolve();
      shown.push(...entries.map(({ offset }) => offset));
    });
    for (let index = 0; index < 450; index += 1) log.add(entry(`line ${index}`));
    await log.close();
    expect(shown).toEqual(Array.from({ length: 450 }, (_, index) => index));
    expect(log.lines).toBe(450);
    expect(log.text().trimEnd().split('\n')).toHaveLength(450);
  });

  it('keeps what could not be shown', async () => {
    const log = openRunLog(() => Promise.reject(new Error('Redis is away')));
    log.add(entry('first'));
    log.add(entry('second'));
    await log.close();
    expect(log.text()).toBe(`${JSON.stringify(entry('first'))}\n${JSON.stringify(entry('second'))}\n`);
  });
});
