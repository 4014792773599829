import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { defaultLimits } from '../run-limits.js';
import type { RunLimits } from '../run-limits.js';
import { Breach } from './breach.js';
import { createConversation, runFrameCaps } from './conversation.js';
import type { Report } from './conversation.js';
import { frameTypes } from './frame.js';
import type { Frame, FrameName } from './frame.js';
import { createMask } from '../secrets/mask.js';
import { createVariableReader } from './variable-reader.js';
import { readResult } from './read-result.js';

const json = (name: FrameName, value: unknown): Frame => ({
  name,
  payload: Buffer.from(JSON.stringify(value)),
});
const raw = (name: FrameName, ...bytes: number[]): Frame => ({ name, payload: Buffer.from(bytes) });
const open = (id: number, name: string): Frame => json('artifact', [id, name]);
const bytes = (id: number, length = 1): Frame => raw('artifactBytes', 0, 0, 0, id, ...new Uint8Array(length));
const end = (id: number): Frame => raw('artifactEnd', 0, 0, 0, id);

const limits: RunLimits = {
  ...defaultLimits,
  logBytes: 100,
  logLines: 5,
  artifactBytes: 10,
  artifactCount: 3,
};

function tell(...frames: readonly Frame[]): {
  readonly reports: readonly Report[];
  readonly breach: string | null;
} {
  const conversation = createConversation({ limits, variables: null, secrets: { key: 'hunter22' } });
  const reports: Report[] = [];
  try {
    for (const frame of frames) reports.push(...conversation.accept(frame));
    reports.push(...conversation.end());
    return { reports, breach: null };
  } catch (error) {
    if (!(error instanceof Breach)) throw error;
    return { reports, breach: error.reason };
  }
}

describe('a container that keeps the rules', () => {
  it('tells logs and artifacts, then one result', () => {
    const { reports, breach } = tell(
      raw('stdout', 0x61, 0x0a, 0x62),
      json('log', ['warn', 'careful\nnow']),
      open(7, 'a.txt'),
      bytes(7),
      end(7),
      json('result', { ok: true }),
    );
    expect(breach).toBeNull();
    expect(reports).toEqual([
      { kind: 'log', line: { stream: 'stdout', level: 'info', message: 'a' } },
      { kind: 'log', line: { stream: 'log', level: 'warn', message: 'careful\nnow' } },
      { kind: 'artifact-open', id: 7, name: 'a.txt' },
      { kind: 'artifact-bytes', id: 7, bytes: Buffer.from([0]) },
      { kind: 'artifact-end', id: 7 },
      { kind: 'result', output: { ok: true } },
      { kind: 'log', line: { stream: 'stdout', level: 'info', message: 'b' } },
    ]);
  });

  it('tells why its script failed, in text that moves no terminal', () => {
    const { reports } = tell(
      json('error', { kind: 'script-error', name: '\u001bType', message: 'no', stack: 'a\nb' }),
    );
    expect(reports).toEqual([
      { kind: 'log', line: { stream: 'stderr', level: 'error', message: 'a\nb' } },
      { kind: 'failure', reason: 'script-error', error: { name: '␛Type', message: 'no', stack: 'a\nb' } },
    ]);
  });
});

describe('secrets and variables', () => {
  it('hides a secret in logs, errors, results and variables; the last word on a variable counts', () => {
    const { reports } = tell(
      raw('stdout', ...Buffer.from('a hunt')),
      raw('stdout', ...Buffer.from('er22\n')),
      json('log', ['info', 'is hunter22']),
      json('variable', ['found', 'hunter22']),
      json('variable', ['rows', 3]),
      json('error', { kind: 'script-error', name: 'E', message: 'hunter22' }),
    );
    expect(JSON.stringify(reports)).not.toContain('hunter22');
    expect(reports).toContainEqual({
      kind: 'variable',
      variable: { name: 'rows', type: 'number', value: 3 },
    });
    expect(reports).toContainEqual({
      kind: 'log',
      line: { stream: 'stdout', level: 'info', message: 'a ***' },
    });
  });

  it('hides a secret in the name of an artifact, and in why one was refused', () => {
    const { reports } = tell(open(1, 'of-hunter22.txt'), end(1));
    expect(reports[0]).toEqual({ kind: 'artifact-open', id: 1, name: 'of-___.txt' });
    const conversation = createConversation({ limits, variables: null, secrets: { key: 'hunter22' } });
    for (const refused of [open(1, '../hunter22'), json('variable', ['hunter22', 1])]) {
      expect(() => conversation.accept(refused)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('hunter22') }),
      );
    }
  });

  it('refuses a variable of another name or type than its version declares', () => {
    const none = createMask([]);
    const read = createVariableReader({ rows: 'number' }, none);
    const of = (...pair: unknown[]) => Buffer.from(JSON.stringify(pair));
    expect(read(of('rows', 1))).toEqual({ name: 'rows', type: 'number', value: 1 });
    for (const pair of [
      ['rows', 'one'],
      ['other', 1],
      ['__proto__', 1],
      ['x'.repeat(99), 1],
    ])
      expect(() => read(of(...pair))).toThrow(expect.objectContaining({ reason: 'variable-refused' }));
    const hiding = createVariableReader(null, createMask(['12345678']));
    expect(() => hiding(of('rows', 12345678))).toThrow(
      expect.objectContaining({ reason: 'variable-refused' }),
    );
    const any = createVariableReader(null, none);
    expect(() => any(of('rows', 'x'.repeat(70_000)))).toThrow(
      expect.objectContaining({ reason: 'variable-refused' }),
    );
    expect(() => Array.from({ length: 65 }, (_, n) => any(of(`v${n}`, n)))).toThrow(Breach);
  });

  it.each([
    ['A3 is too deep', `${'['.repeat(30_000)}1${']'.repeat(30_000)}`, 'deeper than 400 levels'],
    ['A6 would be rounded', '9007199254740993', '9007199254740993, beyond'],
    ['has half a character', '["\\ud800"]', 'half a character'],
  ])('refuses a variable that %s, in its own name', (_what, value, why) => {
    const read = createVariableReader(null, createMask([]));
    expect(() => read(Buffer.from(`["rows",${value}]`))).toThrow(
      expect.objectContaining({
        reason: 'variable-refused',
        message: expect.stringMatching(new RegExp(`variable rows .*${why}`)),
      }),
    );
  });
});

describe('a container that breaks the rules', () => {
  const result = json('result', 1);
  const cases: readonly (readonly [string, string, readonly Frame[]])[] = [
    ['a second result', 'protocol-violation', [result, result]],
    ['an error after a result', 'protocol-violation', [result, json('error', {})]],
    ['a log after its result', 'protocol-violation', [result, json('log', ['info', 'x'])]],
    ['ready again', 'protocol-violation', [raw('ready')]],
    ['a run of its own', 'protocol-violation', [json('run', {})]],
    ['a log of no known level', 'protocol-violation', [json('log', ['fatal', 'x'])]],
    ['a log that is not JSON', 'protocol-violation', [raw('log', 0x7b)]],
    [
      'an error of no known kind',
      'protocol-violation',
      [json('error', { kind: 'time-limit', name: 'x', message: 'x' })],
    ],
    ['an artifact opened twice', 'protocol-violation', [open(1, 'a'), open(1, 'b')]],
    ['bytes for an artifact that is closed', 'protocol-violation', [open(1, 'a'), end(1), bytes(1)]],
    ['bytes for no artifact', 'protocol-violation', [raw('artifactBytes', 0)]],
    ['an artifact that leads up', 'artifact-refused', [open(1, '../a')]],
    ['a name used twice', 'artifact-refused', [open(1, 'a'), end(1), open(2, 'a')]],
    ['too many artifacts', 'artifact-limit', [1, 2, 3, 4].flatMap((id) => [open(id, `${id}`), end(id)])],
    ['too large artifacts', 'artifact-limit', [open(1, 'a'), bytes(1, 6), open(2, 'b'), bytes(2, 5)]],
    [
      'too many log bytes',
      'log-limit',
      [raw('stdout', ...new Uint8Array(60)), raw('stderr', ...new Uint8Array(60))],
    ],
    ['too many log lines', 'log-limit', [raw('stdout', ...new Array<number>(6).fill(0x0a))]],
    ['a result that is not JSON', 'result-invalid', [raw('result', 0x7b)]],
    ['a result in broken UTF-8', 'result-invalid', [raw('result', 0x22, 0xff, 0x22)]],
    ...['9007199254740993', '[{"a": -10000000000000000000000}]', '["\\"", 12345678901234567]'].map(
      (text) =>
        [
          'A6 a result that would be rounded',
          'result-invalid',
          [{ name: 'result', payload: Buffer.from(text) }],
        ] as const,
    ),
    ['a result with NUL', 'result-invalid', [json('result', { a: ['\0'] })]],
    ['a result with a NUL in a key', 'result-invalid', [json('result', { '\0': 1 })]],
    [
      'a result with half a character',
      'result-invalid',
      [{ name: 'result', payload: Buffer.from('"\\ud800"') }],
    ],
  ];
  it.each(cases)('sends %s: %s', (_what, reason, frames) => {
    expect(tell(...frames).breach).toBe(reason);
  });

  it('A6 a large number that nothing is lost of is taken, and so are digits in a text', () => {
    const large = [
      9007199254740991,
      1e300,
      0.12345678901234567,
      '12345678901234567890',
      '\\"1234567890123456789',
    ];
    expect(readResult(Buffer.from(JSON.stringify(large)))).toEqual(large);
  });

  it('A3 sends a result 200 000 levels deep: result-invalid', () => {
    const deep = (levels: number): Buffer => Buffer.from('['.repeat(levels) + ']'.repeat(levels));
    expect(() => readResult(deep(200_000))).toThrow(expect.objectContaining({ reason: 'result-invalid' }));
    expect(() => readResult(deep(401))).not.toThrow();
    expect(() => readResult(deep(402))).toThrow(Breach);
  });
});

describe('whatever a container sends', () => {
  const payload = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array)),
    fc.json().map((text) => Buffer.from(text)),
    fc
      .tuple(fc.integer({ min: 0, max: 4 }), fc.constantFrom('a', 'b', 'c', '../d'))
      .map((pair) => Buffer.from(JSON.stringify(pair))),
    fc.integer({ min: 0, max: 4 }).map((id) => Buffer.from([0, 0, 0, id, 1, 2])),
  );
  const names = Object.keys(runFrameCaps(limits)) as FrameName[];
  const frames = fc.array(fc.record({ name: fc.constantFrom(...names), payload }), { maxLength: 40 });

  it('has at most one verdict, as its last frame, and stays under every cap', () => {
    fc.assert(
      fc.property(frames, (sent) => {
        const { reports } = tell(...sent);
        const of = (kind: Report['kind']): readonly Report[] =>
          reports.filter((report) => report.kind === kind);
        expect(of('result').length + of('failure').length).toBeLessThanOrEqual(1);
        expect(of('log').length).toBeLessThanOrEqual(limits.logLines);
        expect(of('artifact-open').length).toBeLessThanOrEqual(limits.artifactCount);
        const size = reports.reduce(
          (sum, report) => sum + (report.kind === 'artifact-bytes' ? report.bytes.length : 0),
          0,
        );
        expect(size).toBeLessThanOrEqual(limits.artifactBytes);
      }),
      { numRuns: 500 },
    );
  });

  it('is told apart by types that there are', () => {
    expect(names.every((name) => frameTypes[name] >= 0x80)).toBe(true);
  });
});
