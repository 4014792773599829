import { describe, expect, it } from '@jest/globals';
import type { Client } from '@stemma/client';
import { createScreen } from '../screen.js';
import { readExample } from './example.js';
import { runExample } from './run-example.js';
import type { Run, RunReport } from './run-example.js';

type Ending = Pick<Run, 'status'> & Partial<Run>;

const completed: Ending = {
  status: 'completed',
  output: { kind: 'inline', value: { sum: 3, text: 'x'.repeat(200) } },
  artifacts: [{ name: 'report.md', size: 1_200, sha256: '' }],
};
const failed: Ending = {
  status: 'failed',
  reason: 'script-error',
  error: { name: 'ValueError', message: 'no price' },
};

/** An API where each key has made, or makes, the run of its turn: those before `fresh` are of an earlier start. */
function apiWith(endings: readonly Ending[], fresh: number): Client {
  const keys: (string | undefined)[] = [];
  const answers: Readonly<Record<string, (turn: number) => unknown>> = {
    showRun: (turn) => ({ runId: String(turn), number: 4, files: [], artifacts: [], ...endings[turn] }),
    readLog: () => ({ lines: [{ stream: 'log', level: 'info', message: 'three\u001b[2J rows' }] }),
  };
  const client = {
    send: (_id: string, _args: unknown, { idempotencyKey }: { idempotencyKey?: string }) => {
      if (endings.length === 0) return Promise.reject(new Error('version 4 is disabled'));
      if (!keys.includes(idempotencyKey)) keys.push(idempotencyKey);
      const turn = keys.indexOf(idempotencyKey);
      return Promise.resolve({ body: { runId: String(turn) }, replayed: turn < fresh });
    },
    call: (id: string, { path }: { path: { runId: string } }) =>
      Promise.resolve(answers[id]?.(Number(path.runId))),
    text: () => Promise.resolve('# Report\n'),
  };
  return client as unknown as Client;
}

async function run(endings: readonly Ending[], fresh = 0): Promise<{ report: RunReport; said: string }> {
  let said = '';
  const report = await runExample(
    {
      client: apiWith(endings, fresh),
      door: { baseUrl: 'http://127.0.0.1:1', apiKey: '' },
      screen: createScreen({ write: (text) => (said += text) }, {}),
      signal: AbortSignal.timeout(10_000),
    },
    { ...readExample('word-report'), run: { input: {}, files: [] } },
    4,
  );
  return { report, said };
}

describe('the run of an example', () => {
  it('shows what it said, returned and wrote', async () => {
    const { report, said } = await run([completed]);
    expect(report).toMatchObject({ ok: true, runId: '0', replayed: false, output: { sum: 3 } });
    expect(said).toMatch(/info {3}three�\[2J rows[^]*"sum": 3,[^]*…[^]*report\.md {2}1\.2 kB[^]*# Report/);
  });

  it('is not made again when an earlier start completed it', async () => {
    const { report, said } = await run([completed], 1);
    expect(report).toMatchObject({ ok: true, runId: '0', replayed: true });
    expect(said).toContain('completed, by an earlier start');
  });

  it('fails the job by name when it fails', async () => {
    const { report, said } = await run([failed]);
    expect(report).toMatchObject({
      ok: false,
      status: 'failed',
      failure: {
        step: 'run of word-report, version 4',
        reason: 'it ended as failed (script-error): ValueError: no price',
      },
    });
    expect(said).toContain('✗ run of word-report, version 4: it ended as failed');
  });

  it('is made again when an earlier start failed at it', async () => {
    expect((await run([failed, failed, completed], 2)).report).toMatchObject({ ok: true, runId: '2' });
  });

  it('fails the job by name when the API refuses it', async () => {
    const { report } = await run([]);
    const failure = { step: 'run of word-report, version 4', reason: 'version 4 is disabled' };
    expect(report).toMatchObject({ ok: false, failure, runId: null });
  });
});
