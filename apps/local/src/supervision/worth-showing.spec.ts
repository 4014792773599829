import { describe, expect, it } from '@jest/globals';
import { notSaidLately, worthShowing } from './worth-showing.js';

describe('what of a log reaches the terminal', () => {
  it('is warnings and errors of our processes, with their reason', () => {
    const line = { level: 'error', msg: 'cannot project', err: { message: 'no such table' } };
    expect(worthShowing('projector', JSON.stringify(line))).toEqual({
      level: 'error',
      text: 'cannot project: no such table',
    });
    expect(worthShowing('api', '{"level":"warn","msg":"reconnected"}')).toEqual({
      level: 'warn',
      text: 'reconnected',
    });
  });

  it('is not what a process says in passing, nor what is cut off', () => {
    expect(worthShowing('api', '{"level":"info","msg":"listening"}')).toBeUndefined();
    expect(worthShowing('api', '{"level":"err')).toBeUndefined();
    expect(worthShowing('api', 'Debugger attached.')).toBeUndefined();
  });

  it('is what is fatal to PostgreSQL, but not what every start and stop says', () => {
    expect(worthShowing('postgres', '2026 [1] FATAL:  could not open file')).toMatchObject({
      level: 'error',
    });
    expect(worthShowing('postgres', '2026 [1] FATAL:  the database system is starting up')).toBeUndefined();
    expect(worthShowing('postgres', '2026 [1] ERROR:  duplicate key value')).toBeUndefined();
  });

  it('is what the container engine calls an error', () => {
    expect(worthShowing('docker', 'time="x" level=error msg="no \\"space\\" left"')?.text).toBe(
      'no \\"space\\" left',
    );
    expect(worthShowing('docker', 'time="x" level=warning msg="old"')).toBeUndefined();
  });

  it('is said once a minute, however often it happens', () => {
    let now = 0;
    const isNews = notSaidLately(60_000, () => now);
    expect([isNews('away'), isNews('away'), isNews('back')]).toEqual([true, false, true]);
    now = 60_000;
    expect(isNews('away')).toBe(true);
  });
});
