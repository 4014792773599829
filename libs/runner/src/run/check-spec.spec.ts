import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { defaultLimits } from '../run-limits.js';
import type { RunSpec, Runtime } from '../run-spec.js';
import { attemptOf, containerNameOf, warmNameOf } from '../sandbox/container-name.js';
import { checkSpec } from './check-spec.js';
import { encodeRun } from './send-run.js';

const good: RunSpec = {
  ...{
    runId: '0199a1b2-0000-7000-8000-000000000000',
    attempt: 1,
    runtime: 'node',
    entrypoint: 'run',
    source: '',
  },
  ...{ input: null, files: [], settings: {}, variables: null, limits: defaultLimits },
  context: { scriptSlug: 'a', versionNumber: 1 },
};
const file = (name: string, size: number) => ({
  name,
  size,
  open: () => {
    throw new Error('not to be opened');
  },
});

describe('a run that is asked for', () => {
  it('is taken when it is well formed', () => {
    expect(() => checkSpec(good)).not.toThrow();
  });

  const faults: readonly (readonly [string, Partial<RunSpec>])[] = [
    ['a run id that would not be a name', { runId: '../x' }],
    ['an empty run id', { runId: '' }],
    ['attempt 0', { attempt: 0 }],
    ['half an attempt', { attempt: 1.5 }],
    ['an unknown runtime', { runtime: 'ruby' as Runtime }],
    ['an entrypoint that is no function name', { entrypoint: 'run; rm -rf /' }],
    ['a source with NUL', { source: 'a\0' }],
    ['a source with half a character', { source: '\ud800' }],
    ['a file that leads up', { files: [file('../a', 1)] }],
    ['two files of one name', { files: [file('a', 1), file('a', 1)] }],
    ['files that are too large together', { files: [file('a', 20e6), file('b', 20e6)] }],
    ['a file without a size', { files: [file('a', Number.NaN)] }],
    ['a limit of 0', { limits: { ...defaultLimits, pids: 0 } }],
    ['a limit that is no number', { limits: { ...defaultLimits, memoryMb: Number.NaN } }],
    ['too little memory', { limits: { ...defaultLimits, memoryMb: 1 } }],
    ['more files than disk', { limits: { ...defaultLimits, tmpfsMb: 1 } }],
  ];
  it.each(faults)('is refused with %s', (_what, change) => {
    expect(() => checkSpec({ ...good, ...change })).toThrow(
      expect.objectContaining({ code: 'spec-refused' }),
    );
  });

  it('is refused when its input is too large', () => {
    const limits = { ...defaultLimits, inputBytes: 10 };
    expect(() => encodeRun({ ...good, limits, input: '12345678' })).not.toThrow();
    expect(() => encodeRun({ ...good, limits, input: '123456789' })).toThrow(
      expect.objectContaining({ code: 'spec-refused' }),
    );
  });
});

describe('D1 the name of a container', () => {
  it('tells its run and attempt, and no other name does', () => {
    const attempt = fc.record({ runId: fc.uuid(), attempt: fc.integer({ min: 1, max: 1_000 }) });
    fc.assert(fc.property(attempt, (of) => expect(attemptOf(`/${containerNameOf(of)}`)).toEqual(of)));
    fc.assert(fc.property(fc.uuid(), (unique) => expect(attemptOf(`/${warmNameOf(unique)}`)).toBeNull()));
    expect(attemptOf('/somebody-elses')).toBeNull();
  });
});
