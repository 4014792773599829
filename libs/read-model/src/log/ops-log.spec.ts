import { describe, expect, it } from '@jest/globals';
import { memoryLog } from './memory-log.fixtures.js';
import { DROPS_STREAM, OPS_STREAM, readActs } from './ops-log.js';

const metadata = {
  actor: { kind: 'user', id: 'olga', via: null },
  at: '2026-11-21T12:00:00.000Z',
  release: '1',
};
const proven = {
  stream: OPS_STREAM,
  type: 'BuildCertified',
  data: { digest: 'd'.repeat(700_000) },
  metadata,
};
const paused = { stream: OPS_STREAM, type: 'ProjectionsPaused', data: { projections: ['runs'] }, metadata };
const dropped = { stream: DROPS_STREAM, type: 'ParkedEventDropped', data: { projection: 'runs' }, metadata };

describe('the acts in the log', () => {
  it('are the newest of both streams, in the order of the log', async () => {
    const log = memoryLog();
    log.add(paused, dropped, paused, dropped, paused);
    const types = (await readActs(log, 4)).map(({ type }) => type);
    expect(types).toEqual([
      'ProjectionsPaused',
      'ParkedEventDropped',
      'ProjectionsPaused',
      'ParkedEventDropped',
    ]);
  });

  it('are whole, and no more than 4 MB at a time: none is left out between two that are there', async () => {
    const log = memoryLog();
    log.add(...Array.from({ length: 40 }, () => [dropped, proven]).flat());
    const acts = await readActs(log, 200);
    expect(acts.map(({ type }) => type)).toEqual(
      Array.from({ length: 5 }, () => ['BuildCertified', 'ParkedEventDropped']).flat(),
    );
    expect(Buffer.byteLength(JSON.stringify(acts))).toBeLessThan(4_100_000);
    expect(acts[0]?.data).toEqual(proven.data);
  });
});
