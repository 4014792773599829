import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '@stemma/read-model';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { lasting, sudden } from './projections/faults.js';
import { olderBackup, refusals } from './projections/older-backup.js';
import { openScene, type Scene } from './projections/scene.js';
import { strike } from './projections.js';

/** The short form of `npm run -s soak -- projections`. */
describe('read models under faults', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene();
    await scene.tell(600);
  }, 120_000);
  afterAll(() => scene.close(), 60_000);

  const faults = { ...sudden, ...lasting };
  it.each(['Postgres is killed in a rebuild', 'the event node is away'])(
    'H4 P3 heal by themselves when %s: rows of a clean replay, no checkpoint ahead',
    async (name) => {
      const fault = faults[name];
      expect(fault).toBeDefined();
      if (fault) expect(await strike(scene, name, fault, 1_000)).toEqual([]);
    },
    240_000,
  );

  it('refuse a log that was replaced by an older backup, say what to do, and heal when it is done', async () => {
    expect(await olderBackup(scene)).toEqual([]);
  }, 240_000);

  type Place = Pick<RecordedEvent, 'position' | 'id'>;
  const moveCheckpoint = async (projection: string, { position, id }: Place): Promise<void> => {
    const client = new pg.Client({ connectionString: scene.parts.databaseUrl });
    await client.connect();
    await client.query('BEGIN; SET LOCAL ROLE stemma_writer');
    await client.query('UPDATE stemma.checkpoints SET position = $2, event_id = $3 WHERE projection = $1', [
      projection,
      String(position),
      id,
    ]);
    await client.query('COMMIT');
    await client.end();
  };

  it('are found out when a checkpoint is ahead of the log, or of another event, or does not move', async () => {
    expect((await refusals(scene.parts.projectorUrl, 100)).map((line) => line.split(' ')[0])).toContain(
      'runs',
    );
    await scene.parts.halt('projector', 'SIGTERM');
    const last = (await scene.events()).at(-1);
    if (!last) throw new Error('the log is empty');
    const of = (position: bigint, id: string) =>
      `runs stands at ${position} (${id}); the log ends at ${last.position} (${last.id})`;
    for (const place of [
      { position: last.position + 1n, id: last.id },
      { position: last.position, id: randomUUID() },
    ]) {
      await moveCheckpoint('runs', place);
      expect(await scene.judge()).toEqual([of(place.position, place.id)]);
    }
    await moveCheckpoint('runs', last);
    expect(await scene.judge()).toEqual([]);
    await scene.tell(5);
    expect(await scene.judge(200)).toEqual([expect.stringContaining('the read models do not heal')]);
    await scene.parts.revive('projector');
    expect(await scene.judge()).toEqual([]);
  }, 120_000);

  it.each([
    [
      'skipped an event',
      'scripts',
      (after: readonly RecordedEvent[]) => after.findLast(({ type }) => type === 'DraftCreated'),
    ],
    ['saved its checkpoint early', 'runs', (after: readonly RecordedEvent[]) => after.at(-2)],
    [
      'applied an event twice',
      'versions',
      (_: readonly RecordedEvent[], before: readonly RecordedEvent[]) =>
        before[before.findLastIndex(({ type }) => type === 'SubmittedForReview') - 1],
    ],
  ] as const)(
    'are found out when a projector %s: the judge is not blind',
    async (_, projection, place) => {
      await scene.parts.halt('projector', 'SIGTERM');
      const before = await scene.events();
      await scene.tell(150);
      const event = place((await scene.events()).slice(before.length), before);
      if (!event) throw new Error('there is no such event to plant the fault with');
      await moveCheckpoint(projection, event);
      await scene.parts.revive('projector');
      const wrong = await scene.judge();
      expect(wrong.filter((line) => line.includes(` ${projection}.`)).length).toBeGreaterThan(0);
    },
    120_000,
  );
});
