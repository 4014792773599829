import { describe, expect, it } from '@jest/globals';
import { Breach } from '../protocol/breach.js';
import { judgeRun } from './judge-run.js';
import type { RunEvidence } from './judge-run.js';

const well: RunEvidence = {
  ...{
    cancelled: false,
    timedOut: false,
    breach: null,
    failure: null,
    heapExhausted: false,
    killedAfterResult: false,
  },
  end: { exitCode: 0, oomKilled: false },
  result: { output: { ok: true } },
  limits: { timeoutMs: 1_000, memoryMb: 64 },
};
const ended = (exitCode: number, oomKilled = false) => ({ end: { exitCode, oomKilled } });
const failure = { reason: 'script-error', error: { name: 'TypeError', message: 'no' } } as const;

describe('the verdict on a run', () => {
  it('is completed when it returned and ended with 0', () => {
    expect(judgeRun(well)).toEqual({
      status: 'completed',
      reason: 'returned',
      output: { ok: true },
      error: null,
    });
  });

  it('follows the order cancelled, timeout, out of memory, broken rule, what the script said, exit code', () => {
    const everything = {
      ...well,
      ...ended(1, true),
      cancelled: true,
      timedOut: true,
      breach: new Breach('log-limit', 'too much'),
      failure,
    };
    const verdicts = [
      everything,
      { ...everything, cancelled: false },
      { ...everything, cancelled: false, timedOut: false },
      { ...everything, ...ended(1), cancelled: false, timedOut: false },
      { ...everything, ...ended(1), cancelled: false, timedOut: false, breach: null },
      { ...everything, ...ended(1), cancelled: false, timedOut: false, breach: null, failure: null },
    ].map((evidence) => judgeRun(evidence).reason);
    expect(verdicts).toEqual([
      'requested',
      'time-limit',
      'out-of-memory',
      'log-limit',
      'script-error',
      'exit-code',
    ]);
  });

  it('D2 is out of memory when a child was killed for memory, though it returned and ended with 0', () => {
    expect(judgeRun({ ...well, ...ended(0, true) })).toMatchObject({
      status: 'failed',
      reason: 'out-of-memory',
      output: null,
    });
  });

  it('D9 is a plain failure when the script itself ended with 137', () => {
    expect(judgeRun({ ...well, ...ended(137), result: null })).toMatchObject({
      reason: 'exit-code',
      error: { name: 'ExitCode' },
    });
  });

  it('is out of memory when Node said that its heap was full and aborted, and not when a script only says so', () => {
    expect(judgeRun({ ...well, ...ended(134), result: null, heapExhausted: true }).reason).toBe(
      'out-of-memory',
    );
    expect(judgeRun({ ...well, heapExhausted: true }).reason).toBe('returned');
  });

  it('is a missing result when the script ended by itself', () => {
    expect(judgeRun({ ...well, result: null })).toMatchObject({ status: 'failed', reason: 'result-missing' });
  });

  it('is completed when we had to end a script that had returned', () => {
    expect(judgeRun({ ...well, ...ended(137), killedAfterResult: true }).status).toBe('completed');
  });
});
