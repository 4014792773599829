import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunEvent, ScriptEvent } from '@stemma/domain/events';
import { type Position, type Projection, type ReadDb, type RecordedEvent, replay } from '@stemma/read-model';
import { type ReadSide, startReadSide } from '@stemma/testing';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { authoring, listActivations, listAuthoring } from './authoring/authoring.queries.js';
import { activationRows, authoringRows } from './authoring/authoring.tables.js';
import { listReviews, reviews } from './reviews/reviews.queries.js';
import { reviewRows } from './reviews/reviews.tables.js';
import { findRun, listRuns, runs } from './runs/runs.queries.js';
import { runRows } from './runs/runs.tables.js';
import { archived, created, drafted, published, submitted, withdrawn } from './scripts/scripts.fixtures.js';
import { findScript, listScripts, scripts } from './scripts/scripts.queries.js';
import { scriptRows } from './scripts/scripts.tables.js';
import { findVersion, listVersions, versions } from './versions/versions.queries.js';
import { slugRows, versionRows } from './versions/versions.tables.js';

const all = [authoring, reviews, runs, scripts, versions] as const;

/** Ids of one example: its tenant, so that no example sees another's rows, and its n-th script or run. */
interface Example {
  readonly tenantId: string;
  readonly idOf: (kind: 'script' | 'run', n: number) => string;
}

const newExample = (): Example => {
  const ids = new Map<string, string>();
  const idOf = (kind: string, n: number) => {
    const key = `${kind} ${n}`;
    const known = ids.get(key) ?? randomUUID();
    ids.set(key, known);
    return known;
  };
  return { tenantId: randomUUID(), idOf };
};

type Told = ScriptEvent | RunEvent;

/** Event by event the life of a script: two drafts, a review withdrawn and one that ends published, a rollback. */
function scriptLife(scriptId: string, slug: string): readonly (readonly Told[])[] {
  const own = (event: ScriptEvent): Told => ({ ...event, data: { ...event.data, scriptId } }) as Told;
  return [
    [created(slug)],
    [drafted(1)],
    [submitted(1)],
    [withdrawn(1)],
    [submitted(1)],
    [published(1)],
    [drafted(2)],
    [archived(1, 2), published(2)],
    [drafted(3, 'rollback'), archived(2, 3), published(3)],
    [drafted(4)],
  ].map((append) => append.map(own));
}

const blob = { sha256: '0'.repeat(64), size: 2 };

function runLife(runId: string, scriptId: string, slug: string): readonly (readonly Told[])[] {
  const pinned = { scriptId, slug, versionId: scriptId, number: 1, contentHash: 'a'.repeat(64) };
  const asked = { runtime: 'python', context: 'production', trigger: { kind: 'api' } } as const;
  const limits = { timeoutMs: 1, memoryMb: 1, milliCpus: 1, tmpfsMb: 1 };
  const start = (attempt: number): Told => ({
    type: 'RunStarted',
    data: { runId, attempt, worker: `w${attempt}`, imageDigest: 'sha256:1', profile: '2' },
  });
  return [
    [{ type: 'RunRequested', data: { runId, ...pinned, ...asked, input: blob, files: [], limits } }],
    [start(1)],
    [start(2)],
    [{ type: 'RunCancelRequested', data: { runId, reason: null } }],
    [
      {
        type: 'RunCompleted',
        data: {
          ...{ runId, attempt: 2, status: 'cancelled', reason: 'cancel-requested', exitCode: null },
          ...{ output: null, error: null, artifacts: [], log: null, durations: { prepareMs: 1, runMs: 2 } },
        },
      },
    ],
  ];
}

/** Who goes on next, and by how much the clock of its process jumps (ms, also backwards). */
const interleaving = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: -900, max: 2_000 })),
  {
    minLength: 20,
    maxLength: 45,
  },
);
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 6 });

describe('asking the real projections how things were', () => {
  let side: ReadSide;
  let clock = Date.parse('2126-11-21T08:00:00.000Z');
  beforeAll(async () => {
    side = await startReadSide(all);
  }, 60_000);
  afterAll(() => side.stop());

  /** Tells lives of three scripts and three runs, interleaved so; answers with where the log was before. */
  async function tell(
    { tenantId, idOf }: Example,
    order: readonly (readonly [number, number])[],
  ): Promise<Position> {
    const lives = [0, 1, 2].flatMap((n) => [
      { stream: `script-${tenantId}.${idOf('script', n)}`, appends: scriptLife(idOf('script', n), `s-${n}`) },
      {
        stream: `run-${tenantId}.${idOf('run', n)}`,
        appends: runLife(idOf('run', n), idOf('script', n), `s-${n}`),
      },
    ]);
    const rest = lives.map(({ stream, appends }) => ({ stream, appends: [...appends] }));
    let last: Position | undefined;
    for (const [who, jump] of order) {
      const { stream, appends } = rest[who] ?? { stream: '', appends: [] };
      const append = appends.shift();
      if (!append) continue;
      clock += jump;
      const at = new Date(clock).toISOString();
      const meta = {
        tenantId,
        actor: { kind: 'user' as const, id: `p${who}`, via: null },
        at,
        release: 'test',
      };
      last = await side.tell(stream, ...append.map((event) => ({ event, meta })));
    }
    clock += 5_000;
    if (!last) throw new Error('nothing was told');
    return last;
  }

  const eventsOf = async (tenantId: string): Promise<readonly RecordedEvent[]> => {
    const events: RecordedEvent[] = [];
    for await (const event of side.store.readAll()) if (event.stream.includes(tenantId)) events.push(event);
    return events;
  };

  const ask = async <T>(
    tenantId: string,
    projections: readonly Projection[],
    asOf: Position,
    query: (db: ReadDb) => Promise<T>,
  ) => (await side.readModel.read({ tenantId, projections, asOf }, query)).value;

  /** Every query, single ones and lists, of a moment. */
  async function answersAt({ tenantId, idOf }: Example, asOf: Position) {
    const of = { tenantId, limit: 200 };
    return {
      scripts: await ask(tenantId, [scripts], asOf, (db) => listScripts(db, { ...of, sort: 'slug' })),
      script: await ask(tenantId, [scripts], asOf, (db) => findScript(db, { tenantId, slug: 's-1' })),
      versions: await ask(tenantId, [versions], asOf, (db) => listVersions(db, { ...of, slug: 's-0' })),
      version: await ask(tenantId, [versions], asOf, (db) =>
        findVersion(db, { tenantId, slug: 's-0', number: 2 }),
      ),
      runs: await ask(tenantId, [runs], asOf, (db) => listRuns(db, of)),
      pending: await ask(tenantId, [runs], asOf, (db) =>
        listRuns(db, { ...of, filters: { status: 'pending' } }),
      ),
      run: await ask(tenantId, [runs], asOf, (db) => findRun(db, { tenantId, runId: idOf('run', 2) })),
      reviews: await ask(tenantId, [reviews], asOf, (db) => listReviews(db, { ...of, count: true })),
      audit: await ask(tenantId, [authoring], asOf, (db) => listAuthoring(db, of)),
      publishes: await ask(tenantId, [authoring], asOf, (db) =>
        listAuthoring(db, { ...of, filters: { actions: ['publish'], slug: 's-1' } }),
      ),
      activations: await ask(tenantId, [authoring], asOf, (db) =>
        listActivations(db, { ...of, slug: 's-0' }),
      ),
    };
  }

  /** The same questions to a replay of a prefix of the log, in memory. */
  function answersOfReplay({ idOf }: Example, events: readonly RecordedEvent[]) {
    const scriptsThen = replay(scripts, events)
      .rows(scriptRows)
      .toSorted((one, other) => (one.slug < other.slug ? -1 : 1));
    const replayed = replay(versions, events);
    const slugs = new Map(replayed.rows(slugRows).map(({ scriptId, slug }) => [scriptId, slug]));
    const versionsThen = replayed
      .rows(versionRows)
      .map((row) => ({ ...row, slug: slugs.get(row.scriptId) }))
      .filter(({ slug }) => slug === 's-0')
      .toSorted((one, other) => other.number - one.number);
    const newestFirst = (row: { requestedAt: string; runId: string }) => `${row.requestedAt} ${row.runId}`;
    const runsThen = replay(runs, events)
      .rows(runRows)
      .toSorted((one, other) => (newestFirst(one) < newestFirst(other) ? 1 : -1));
    return {
      scripts: { items: scriptsThen, next: null },
      script: scriptsThen.find(({ slug }) => slug === 's-1'),
      versions: { items: versionsThen, next: null },
      version: versionsThen.find(({ number }) => number === 2),
      runs: { items: runsThen, next: null },
      pending: { items: runsThen.filter(({ status }) => status === 'pending'), next: null },
      run: runsThen.find(({ runId }) => runId === idOf('run', 2)),
      ...reviewsOfReplay(events),
      ...authoringOfReplay(events),
    };
  }

  it('every query, lists included, answers what a replay up to that position or time answers', async () => {
    const property = fc.asyncProperty(interleaving, cuts, async (order, places) => {
      const example = newExample();
      const { logId } = await tell(example, order);
      const events = await eventsOf(example.tenantId);
      const firstAt = Date.parse(atOf(events[0]));
      for (const place of places) {
        const count = Math.round(place * events.length);
        const position = events[count - 1]?.position ?? (events[0]?.position ?? 1n) - 1n;
        expect(await answersAt(example, { logId, position })).toEqual(
          answersOfReplay(example, events.slice(0, count)),
        );
        const time = new Date(firstAt - 500 + Math.round(place * (clock - firstAt))).toISOString();
        const moment = await side.readModel.positionAt(scripts, time, side.store);
        const later = events.findIndex((event) => atOf(event) > time);
        const before = later < 0 ? events : events.slice(0, later);
        expect(await answersAt(example, moment)).toEqual(answersOfReplay(example, before));
      }
    });
    await fc.assert(property, { numRuns: 6 });
  }, 60_000);
});

function reviewsOfReplay(events: readonly RecordedEvent[]) {
  const waiting = (row: { submittedAt: string; scriptId: string }) => `${row.submittedAt} ${row.scriptId}`;
  const items = replay(reviews, events)
    .rows(reviewRows)
    .toSorted((one, other) => (waiting(one) < waiting(other) ? -1 : 1));
  return { reviews: { items, next: null, total: items.length } };
}

function authoringOfReplay(events: readonly RecordedEvent[]) {
  const replayed = replay(authoring, events);
  const items = replayed
    .rows(authoringRows)
    .toSorted(
      (one, other) =>
        other.at.localeCompare(one.at) ||
        Number(other.position - one.position) ||
        Number(other.revision - one.revision),
    );
  const moves = replayed.rows(activationRows).filter(({ slug }) => slug === 's-0');
  const isPublish = ({ action, slug }: { action: string; slug: string }) =>
    action === 'publish' && slug === 's-1';
  return {
    audit: { items, next: null },
    publishes: { items: items.filter(isPublish), next: null },
    activations: { items: moves.toSorted((one, other) => other.number - one.number), next: null },
  };
}

const atOf = (event: RecordedEvent | undefined): string =>
  event && 'at' in event.metadata ? String(event.metadata.at) : '';
