import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LOCAL_TENANT_ID, scriptIdOf, streamName, versionIdOf } from '@stemma/domain';
import { connectEventStore } from '@stemma/event-store';
import { eventually, startSystem, type System } from '@stemma/testing';
import { randomUUID } from 'node:crypto';
import { ask } from './projector-process.fixtures.js';

const ROOT = '/v1/ops/projections';
const SCRIPTS = 6;
const DRAFTS = 499;
const TOTAL = SCRIPTS * (DRAFTS + 1);

let system: System;
let key: string;
let projectorUrl: string;
beforeAll(async () => {
  system = await startSystem();
  key = await system.keyOf('admin');
  await tell();
  await eventually(
    () => call('GET', ROOT),
    ({ body }) => {
      const builds = body['builds'] as readonly Build[];
      return builds.length >= 3 && builds.every(({ state, lag }) => state === 'live' && lag.events === 0);
    },
    60_000,
  );
}, 120_000);
let readers: ReturnType<typeof poll> | undefined;
afterAll(async () => {
  await readers?.stop();
  await system.stop();
}, 30_000);

interface Build {
  readonly projection: string;
  readonly build: number;
  readonly state: string;
  readonly lag: { readonly events: number };
}

interface Called {
  readonly status: number;
  readonly position: bigint;
  readonly body: Readonly<Record<string, unknown>>;
}

async function call(method: string, path: string, body?: object): Promise<Called> {
  const response = await fetch(system.apiUrl + path, {
    method,
    headers: { Authorization: `Bearer ${key}`, ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const [, position = '-1'] = (response.headers.get('stemma-position') ?? ':-1').split(':');
  const said = (await response.json()) as Called['body'];
  return { status: response.status, position: BigInt(position), body: said };
}

/** Lives of scripts that are long enough to be interrupted in. */
async function tell(): Promise<void> {
  const store = connectEventStore({ url: system.log.url });
  const meta = { tenantId: LOCAL_TENANT_ID, actor: { kind: 'user', id: 'ann', via: null }, release: 'spec' };
  const metadata = { ...meta, at: '2026-11-21T08:00:00.000Z', commandId: randomUUID(), bodyHash: '' };
  for (let n = 0; n < SCRIPTS; n += 1) {
    const slug = `script-${n}`;
    const scriptId = scriptIdOf(LOCAL_TENANT_ID, slug);
    const details = { name: slug, description: '', labels: [] };
    const born = { type: 'ScriptCreated', data: { scriptId, slug, kind: 'code', type: 'one_off', details } };
    const drafts = Array.from({ length: DRAFTS }, (_, index) => ({
      type: 'DraftCreated',
      data: {
        ...{ scriptId, versionId: versionIdOf(scriptId, index + 1), number: index + 1 },
        ...{ contentHash: 'a'.repeat(64), derivedFromVersionId: null, origin: 'saved' },
        ...{ changeSummary: null, sameContentAs: null },
      },
    }));
    const events = [born, ...drafts].map((event) => ({ id: randomUUID(), ...event, metadata }));
    await store.append(streamName('script', LOCAL_TENANT_ID, scriptId), events, 'no_stream');
  }
  await store.close();
}

interface Seen {
  readonly status: number;
  readonly items: number;
  readonly position: bigint;
}

/** Asks each of these lists in turn, again and again until told to stop, and remembers what it saw. */
function poll(paths: readonly string[]) {
  const seen = new Map(paths.map((path) => [path, [] as Seen[]]));
  let polling = true;
  const done = (async () => {
    while (polling) {
      for (const [path, answers] of seen) {
        const { status, position, body } = await call('GET', path);
        answers.push({ status, position, items: ((body['items'] ?? []) as unknown[]).length });
      }
    }
  })();
  return {
    stop: async () => {
      polling = false;
      await done;
      return [...seen.values()];
    },
  };
}

const jobOf = (id: unknown) =>
  eventually(
    () => call('GET', `${ROOT}/jobs/${String(id)}`),
    ({ body }) => body['endedAt'] !== null,
    60_000,
  );

describe('a rebuild of everything, in the composed system', () => {
  it('goes on after kill -9, is proven and swapped, and readers who ask all through notice nothing', async () => {
    const paths = ['/v1/scripts?limit=200', '/v1/scripts/script-3/versions', '/v1/scripts/script-5/versions'];
    readers = poll(paths);
    const { body: asked } = await call('POST', `${ROOT}/rebuild`, { projections: 'all' });
    const filled = () =>
      ask(
        system.databaseSuperuserUrl,
        `SELECT min(c.events)::int AS events FROM stemma.checkpoints c JOIN stemma.builds b USING (projection, build)
         WHERE b.state = 'building'`,
      );
    const [left] = await eventually(filled, ([row]) => Number(row?.['events'] ?? 0) > 0);
    await system.processes.projector.end('SIGKILL');
    expect(Number(left?.['events'])).toBeLessThan(TOTAL);

    projectorUrl = String((await system.startProjector()).told['url']);
    for (let number = DRAFTS; number < DRAFTS + 5; number += 1) {
      await call('PATCH', '/v1/scripts/script-3', { name: `again ${number}`, baseNumber: DRAFTS });
    }
    const { body: job } = await jobOf(asked['id']);
    expect(job).toMatchObject({ state: 'done', askedBy: 'admin', kind: 'rebuild' });
    const { builds, events } = job['result'] as { builds: readonly { equal: boolean }[]; events: number };
    expect(builds.filter(({ equal }) => !equal)).toEqual([]);
    expect(events).toBeLessThan(TOTAL);

    for (const seen of await readers.stop()) {
      expect(seen.length).toBeGreaterThan(10);
      expect(seen.filter(({ status, items }) => status !== 200 || items === 0)).toEqual([]);
      const older = seen.filter(({ position }, index) => position < (seen[index - 1]?.position ?? 0n));
      expect(older).toEqual([]);
    }
  }, 90_000);

  it('left a certificate for each projection, and the rows of a replay', async () => {
    const { body } = await call('GET', `${ROOT}/certificates`);
    const items = body['items'] as readonly Readonly<Record<string, unknown>>[];
    const rebuilt = items.filter(({ kind }) => kind === 'rebuild');
    expect(rebuilt.length).toBeGreaterThanOrEqual(3);
    for (const one of rebuilt) {
      expect(one).toMatchObject({
        by: 'admin',
        equal: true,
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
    }
    const { body: asked } = await call('POST', `${ROOT}/verify`, { projections: 'all' });
    expect((await jobOf(asked['id'])).body).toMatchObject({ state: 'done', result: { equal: true } });
  }, 60_000);

  it('is told at /metrics with lag, rate, batch times, parked streams and subscription drops', async () => {
    const text = await (await fetch(`${projectorUrl}/metrics`)).text();
    for (const name of ['lag_events', 'lag_seconds', 'events_per_second', 'parked_streams', 'stopped']) {
      expect(text).toMatch(
        new RegExp(`^stemma_projection_${name}\\{projection="versions",.*state="live"\\} 0$`, 'm'),
      );
    }
    expect(text).toMatch(/^stemma_projection_batch_seconds_count\{projection="scripts"\} [1-9]/m);
    expect(text).toMatch(/^stemma_projection_events_total\{projection="scripts"\} [1-9]/m);
    expect(text).toMatch(/^stemma_projection_subscription_drops_total 0$/m);
    expect(text).toContain('# TYPE stemma_projection_job_events gauge');
  });
});
