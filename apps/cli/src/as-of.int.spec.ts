import { describe, expect, it } from '@jest/globals';
import { problem } from './api-answers.fixtures.js';
import { furnishDirectory, runIn } from './run-cli.fixtures.js';
import { startStubApi } from './stub-api.fixtures.js';

const run = '00000000-0000-4000-8000-000000000001';
const token = `${run}:42`;

/** What the API was asked; it answers that there is nothing. */
async function askedBy(argv: readonly string[], path: string) {
  const api = await startStubApi({ [`GET ${path}`]: problem(404, 'script-not-found') });
  try {
    const env = { STEMMA_API_URL: api.url };
    const { exitCode, err } = await runIn({ directory: furnishDirectory(['author', 'admin']), env }, ...argv);
    const [request] = api.asked;
    return { exitCode, err, asOf: new URLSearchParams(request?.line.split('?')[1]).get('asOf') };
  } finally {
    await api.stop();
  }
}

describe('--as-of asks how things were', () => {
  it.each([
    ['/v1/scripts', ['script', 'list']],
    ['/v1/scripts/sales', ['script', 'show', 'sales']],
    ['/v1/scripts/sales/versions/2', ['script', 'show', 'sales', '2']],
    ['/v1/scripts/sales/versions', ['script', 'versions', 'sales']],
    ['/v1/scripts/sales/history', ['script', 'history', 'sales']],
    ['/v1/scripts/sales/decisions', ['script', 'log', 'sales']],
    ['/v1/scripts/sales/active-history', ['script', 'log', 'sales', '--active']],
    ['/v1/scripts/sales/lineage', ['script', 'lineage', 'sales']],
    ['/v1/authoring', ['script', 'audit']],
    ['/v1/reviews', ['review']],
    ['/v1/runs', ['runs', 'list']],
    [`/v1/runs/${run}`, ['runs', 'show', run]],
  ])('of %s', async (path, argv) => {
    expect(await askedBy([...argv, '--as-of', token], path)).toMatchObject({ exitCode: 4, asOf: token });
  });

  it.each([
    ['42', '42'],
    ['2026-11-21', '2026-11-21T00:00:00.000Z'],
    ['2026-11-21T08:00:00+02:00', '2026-11-21T08:00:00+02:00'],
  ])('“%s” is %s', async (moment, asOf) => {
    expect(await askedBy(['script', 'list', '--as-of', moment], '/v1/scripts')).toMatchObject({ asOf });
  });

  it.each(['yesterday', '-1', '2026-13-41', '2026-11-21T08:00:00', ''])(
    'and asks nothing when “%s” names no moment',
    async (moment) => {
      const { exitCode, err, asOf } = await askedBy(['script', 'list', `--as-of=${moment}`], '/v1/scripts');
      expect({ exitCode, asOf }).toEqual({ exitCode: 2, asOf: null });
      expect(err).toContain('a position of the log');
    },
  );

  it('decides nothing in the past', async () => {
    const { exitCode, asOf } = await askedBy(
      ['review', 'sales', '--approve', '--as-of', '42'],
      '/v1/reviews',
    );
    expect({ exitCode, asOf }).toEqual({ exitCode: 2, asOf: null });
  });
});
