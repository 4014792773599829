import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunEvent } from '@stemma/domain/events';
import type { Position } from '@stemma/read-model';
import { type ReadSide, startReadSide } from '@stemma/testing';
import { randomUUID } from 'node:crypto';
import { listUnfinishedRuns, runs, type UnfinishedRun, unfinishedRuns } from './runs.queries.js';

const tenants = [randomUUID(), randomUUID()];

describe('runs of all tenants that have not ended', () => {
  let side: ReadSide;
  let after: Position;
  const told: { readonly runId: string; readonly at: string }[] = [];
  beforeAll(async () => {
    side = await startReadSide([runs]);
    for (let n = 0; n < 12; n += 1) await tell(n);
  });
  afterAll(() => side.stop());

  /** Every fourth has ended; those between two of them were all asked for at the same instant. */
  async function tell(n: number): Promise<void> {
    const [runId, scriptId, tenantId] = [randomUUID(), randomUUID(), tenants[n % 2] ?? ''];
    const at = `2026-11-21T08:00:${String(Math.floor(n / 4)).padStart(2, '0')}.000Z`;
    const requested: RunEvent = {
      type: 'RunRequested',
      data: {
        ...{ runId, scriptId, slug: 'any', versionId: scriptId, number: 1, contentHash: 'a'.repeat(64) },
        ...{ runtime: 'node', context: 'production', trigger: { kind: 'api' }, files: [] },
        input: { sha256: '0'.repeat(64), size: 2 },
        limits: { timeoutMs: 1, memoryMb: 1, milliCpus: 1, tmpfsMb: 1 },
      },
    };
    const completed: RunEvent = {
      type: 'RunCompleted',
      data: {
        ...{ runId, attempt: 0, status: 'cancelled', reason: 'cancel-requested', exitCode: null },
        ...{ output: null, error: null, artifacts: [], log: null, durations: { prepareMs: 1, runMs: 2 } },
      },
    };
    const meta = { tenantId, actor: { kind: 'user', id: 'ann', via: null }, at } as const;
    const facts = (n % 4 === 3 ? [requested, completed] : [requested]).map((event) => ({ event, meta }));
    after = await side.tell(`run-${tenantId}.${runId}`, ...facts);
    if (n % 4 !== 3) told.push({ runId, at });
  }

  it.each([1, 2, 4, 100])(
    'come once each, the oldest first, by pages of %i, of which one is held',
    async (size) => {
      let most = 0;
      const read: Parameters<typeof unfinishedRuns>[0] = async (page) => {
        const { value } = await side.readModel.readAllTenants({ projections: [runs], after }, (db) =>
          listUnfinishedRuns(db, page),
        );
        most = Math.max(most, value.length);
        return value;
      };
      const found: UnfinishedRun[] = [];
      for await (const run of unfinishedRuns(read, size)) found.push(run);
      const inOrder = told.toSorted((a, b) => (`${a.at}${a.runId}` < `${b.at}${b.runId}` ? -1 : 1));
      expect(found.map(({ runId }) => runId)).toEqual(inOrder.map(({ runId }) => runId));
      expect(most).toBeLessThanOrEqual(size);
    },
  );
});
