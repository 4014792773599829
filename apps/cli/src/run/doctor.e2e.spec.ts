import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LOCAL_TENANT_ID as tenantId } from '@stemma/commands';
import { outcomeWithoutResult, streamName } from '@stemma/domain';
import { connectEventStore, type EventStore } from '@stemma/event-store';
import { connectRedis, openRunProducer, type RunProducer, sayReport } from '@stemma/queue';
import { ensureLog } from '@stemma/read-model';
import { defaultLimits, openDockerRunner, type RunSpec } from '@stemma/runner';
import { eventually, startDocker, startSystem, type System } from '@stemma/testing';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { furnishDirectory, type Outcome, runIn } from '../run-cli.fixtures.js';

let system: System;
let store: EventStore;
let redis: ReturnType<typeof connectRedis>;
let queue: RunProducer;
const directory = furnishDirectory();
const gaveUp = Promise.withResolvers<undefined>();
const ended: Promise<unknown>[] = [];

beforeAll(async () => {
  system = await startSystem({ runs: true, env: { STEMMA_RECONCILE_SECONDS: '2' } });
  store = connectEventStore({ url: system.log.url });
  const url = system.redis?.url ?? '';
  redis = connectRedis({ url, onFault: () => undefined });
  queue = openRunProducer({ url, onFault: () => undefined });
}, 180_000);
afterAll(async () => {
  gaveUp.resolve(undefined);
  await Promise.allSettled(ended);
  redis.disconnect();
  await queue.close();
  await store.close();
  await system.stop();
}, 60_000);

const run = (...argv: readonly string[]): Promise<Outcome> => {
  const env = { STEMMA_API_URL: system.apiUrl, STEMMA_STATE_DIR: system.stateDir };
  return runIn({ directory, env }, ...argv);
};
const doctor = (...argv: readonly string[]): Promise<Outcome> =>
  run('runs', 'doctor', '--as', 'admin', ...argv);

async function requested(): Promise<string> {
  const { out } = await run('run', 'any', '--sandbox', '--json');
  return (JSON.parse(out) as { readonly runId: string }).runId;
}

const aMinuteAgo = new Date(Date.now() - 60_000).toISOString();

/** What a worker wrote that is gone since. */
async function plant(runId: string, type: string, data: object): Promise<void> {
  const actor = { kind: 'system', id: 'worker:gone', via: null };
  const ids = { commandId: randomUUID(), correlationId: runId, causationId: runId, bodyHash: '0'.repeat(64) };
  const metadata = { ...ids, tenantId, actor, at: aMinuteAgo, release: 'spec' };
  const event = { id: randomUUID(), type, data: { runId, ...data }, metadata };
  await store.append(streamName('run', tenantId, runId), [event], 'stream_exists');
}

const started = (runId: string, worker: string): Promise<void> =>
  plant(runId, 'RunStarted', { attempt: 1, worker, imageDigest: 'sha256:1', profile: 'p' });

/** A container that waits for its script, of a worker that is gone. */
async function leaveContainer(): Promise<string> {
  const installId = await ensureLog(store, 'spec');
  const dockerHost = (await startDocker()).host;
  const runner = openDockerRunner({ installId, workerId: 'gone', dockerHost });
  const runId = randomUUID();
  const spec: RunSpec = {
    ...{ runId, attempt: 1, entrypoint: 'run', source: '', input: {}, files: [] },
    runtime: 'node',
    ...{ settings: {}, variables: null, secrets: {}, limits: defaultLimits },
    context: { scriptSlug: 'any', versionNumber: 1 },
  };
  await new Promise<void>((made) => {
    const onStarted = async (): Promise<void> => {
      made();
      await gaveUp.promise;
      throw new Error('given up');
    };
    const sink = { open: () => Promise.reject(new Error('none')) };
    const hooks = { signal: new AbortController().signal, sink, onLog: () => undefined, onStarted };
    ended.push(runner.run(spec, hooks).catch(() => undefined));
  });
  return runId;
}

function leaveBlob(): string {
  const root = path.join(system.stateDir, 'blobs');
  const input = readdirSync(root, { recursive: true, encoding: 'utf8' }).find((name) =>
    /[0-9a-f]{64}$/.test(name),
  );
  const shelf = path.dirname(path.join(root, input ?? ''));
  const file = path.join(shelf, `${path.basename(shelf)}${'0'.repeat(62)}`);
  writeFileSync(file, 'left');
  utimesSync(file, new Date(0), new Date(0));
  return file;
}

interface Findings {
  readonly findings: readonly { readonly kind: string; readonly runId: string | null }[];
}
const kindsOf = ({ out }: Outcome): readonly string[] =>
  (JSON.parse(out) as Findings).findings.map(({ kind }) => kind).sort();

describe('the doctor of runs', () => {
  it('finds each kind that was planted, changes nothing; then a worker and a repair mend them all', async () => {
    writeFileSync(path.join(directory, 'any.mjs'), 'export const run = () => 1;');
    await run('script', 'create', 'any');
    await run('script', 'push', 'any', 'any.mjs');
    expect((await doctor()).out).toContain('All is in step.');

    const runIds = [await requested(), await requested(), await requested(), await requested()];
    const [, orphan = '', retry = '', bare = ''] = runIds;
    expect(kindsOf(await doctor('--json'))).toContain('no-worker');

    await started(orphan, 'gone');
    await started(retry, 'gone');
    const failed = outcomeWithoutResult('failed', 'script-error', 'no');
    await plant(retry, 'RunAttemptFailed', { attempt: 1, ...failed, retryAfterMs: 0 });
    await started(bare, 'ghost');
    const runId = await leaveContainer();
    await queue.add({ tenantId, runId: randomUUID(), attempt: 1 });
    const blob = leaveBlob();
    const nothing = { waiting: 0, pool: [], concurrency: 4, perTenant: 9 };
    const containers = [{ workerId: 'gone', runId, attempt: 1 }];
    const executing = [{ runId: bare, attempt: 1 }];
    const expected = [
      'blob-without-event',
      'container-without-run',
      'job-without-run',
      'retry-lost',
      'run-without-container',
      'run-without-job',
      'run-without-worker',
    ];
    const dry = await eventually(
      async () => {
        await sayReport(redis, { workerId: 'ghost', at: Date.now(), executing, containers, ...nothing });
        return doctor('--json');
      },
      (outcome) => kindsOf(outcome).join() === expected.join(),
    );
    expect(dry.exitCode).toBe(33);
    expect(kindsOf(await doctor('--json'))).toEqual(expected);
    expect(existsSync(blob)).toBe(true);

    await system.startWorker();
    const mended = await doctor('--repair');
    expect([mended.exitCode, mended.out]).toEqual([0, expect.stringContaining('All is in step now.')]);
    expect(existsSync(blob)).toBe(false);
    for (const each of runIds) {
      const { out } = await run('runs', 'show', each, '--json');
      expect(JSON.parse(out)).toMatchObject({ status: 'completed' });
    }
  }, 120_000);

  it('says that the queue is away', async () => {
    await system.redis?.crash();
    const { exitCode, out } = await doctor();
    expect([exitCode, out]).toEqual([33, expect.stringContaining('queue-away')]);
  });
});
