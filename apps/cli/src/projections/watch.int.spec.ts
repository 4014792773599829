import { afterEach, describe, expect, it } from '@jest/globals';
import { furnishDirectory, runIn } from '../run-cli.fixtures.js';
import type { BuildReport, ProjectionStatus } from '../session/answers.js';
import { startStubApi, type StubApi } from '../stub-api.fixtures.js';

const built = (projection: string, parked = 0): BuildReport => ({
  ...{ projection, version: 1, build: 2, state: 'live', position: '9', events: 9, eventsPerSecond: 0 },
  ...{ lag: { events: 0, seconds: 0 }, parked, pausedBy: null, hasWriter: true, trouble: null },
  ...{ movedAt: '2026-11-21T11:59:00.000Z', proof: null },
});
const troubled: ProjectionStatus = { builds: ['runs', 'scripts'].map((name) => built(name, 3)), jobs: [] };
const well: ProjectionStatus = { builds: [built('runs')], jobs: [] };

const ESCAPE = '\u001B[';
const SCREEN = Array.from({ length: 20 }, () => 'of before '.repeat(20));

/** What a terminal shows that was full of something else, when it is told this (ECMA-48: CUP, EL, ED). */
function screenAfter(written: string): readonly string[] {
  const screen = [...SCREEN];
  let [row, column] = [0, 0];
  const type = (text: string): void => {
    const line = screen[row] ?? '';
    screen[row] = line.slice(0, column) + text + line.slice(column + text.length);
    column += text.length;
  };
  const control: Readonly<Record<string, () => void>> = {
    H: () => ([row, column] = [0, 0]),
    K: () => (screen[row] = (screen[row] ?? '').slice(0, column)),
    J: () => screen.splice(row, screen.length, (screen[row] ?? '').slice(0, column)),
  };
  for (const [at, piece] of written.split(ESCAPE).entries()) {
    if (at > 0) control[piece[0] ?? '']?.();
    for (const [lineAt, text] of (at > 0 ? piece.slice(1) : piece).split('\n').entries()) {
      if (lineAt > 0) [row, column] = [row + 1, 0];
      type(text);
    }
  }
  return screen;
}

describe('status --watch', () => {
  let api: StubApi | undefined;
  afterEach(async () => {
    await api?.stop();
    api = undefined;
  });

  /** Two that need somebody, then one that is well; the person gives up when that was shown. */
  async function watch(terminal: boolean, ...more: readonly string[]) {
    const gaveUp = new AbortController();
    let asked = 0;
    api = await startStubApi({
      'GET /v1/ops/projections': () => {
        asked += 1;
        if (asked === 4) setImmediate(() => gaveUp.abort());
        return { body: asked < 3 ? troubled : well };
      },
    });
    const circumstances = {
      directory: furnishDirectory(['admin']),
      env: { STEMMA_API_URL: api.url, NO_COLOR: '1' },
      terminal,
      signal: gaveUp.signal,
    };
    return runIn(circumstances, 'projections', 'status', '--watch', ...more);
  }

  it('is written over itself on a terminal: never blank in between, nothing of before stays', async () => {
    const { exitCode, out, err } = await watch(true);
    expect([exitCode, err]).toEqual([130, '']);
    const last = out.slice(out.lastIndexOf(`${ESCAPE}H`));
    const shown = screenAfter(out);
    expect(shown).toEqual(screenAfter(last));
    expect(shown.filter((line) => line !== '')).toHaveLength(2);
    expect(shown[1]).toMatch(/^runs .*live/);
    for (let at = 1; at <= out.length; at += 1) expect(screenAfter(out.slice(0, at))[0]).not.toBe('');
  });

  it('is written line by line elsewhere, and as documents for machines, on a terminal too', async () => {
    const plain = await watch(false);
    expect([plain.exitCode, plain.out.includes('\u001B')]).toEqual([130, false]);
    expect(plain.out.match(/^runs /gm)?.length).toBeGreaterThanOrEqual(2);
    await api?.stop();
    const json = await watch(true, '--json');
    const documents = json.out.trim().split('\n');
    expect(documents.slice(0, 2).map((line) => JSON.parse(line) as unknown)).toEqual([troubled, well]);
  });
});
