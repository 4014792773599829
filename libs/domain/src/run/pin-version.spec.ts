import { isRejection } from '@stemma/decider';
import { describe, expect, it } from '@jest/globals';
import { scriptDecider } from '../script/script.decider.js';
import {
  approved,
  by,
  drafted,
  history,
  prune,
  published,
  secondPublished,
  save,
  create,
  stateAfter,
  type ScriptFact,
} from '../script/script.fixtures.js';
import type { RunContext } from './run.events.js';
import { pinVersion, type WantedRun } from './pin-version.js';

/** The number, or the code of the refusal. */
const pinned = (
  facts: readonly ScriptFact[],
  context: RunContext,
  number: number | null = null,
  by: WantedRun['by'] = 'user',
): number | string => {
  try {
    return pinVersion(stateAfter(facts), { context, number, by }).number;
  } catch (error) {
    if (isRejection(error)) return error.code;
    throw error;
  }
};

const off: ScriptFact = {
  event: { type: 'ScriptDisabled', data: { scriptId: 'x', reason: null } },
  meta: by('ann'),
};

describe('which version a run is of', () => {
  it('T15 production takes the active version and never a draft', () => {
    expect(pinned(published, 'production')).toBe(1);
    expect(
      pinned([...published, ...history(['ann', create], ['ann', save(0)]).slice(2)], 'production', 2),
    ).toBe('not-active');
    expect(pinned(approved, 'production')).toBe('no-active-version');
  });

  it('the sandbox takes the one that was named, or the newest', () => {
    expect(pinned(drafted, 'sandbox')).toBe(1);
    expect(pinned(published, 'sandbox', 1)).toBe(1);
    expect(pinned(published, 'sandbox', 9)).toBe('version-not-found');
    expect(pinned(history(['ann', create]), 'sandbox')).toBe('version-not-found');
  });

  it('a disabled script runs in the sandbox only (R-C2)', () => {
    expect(pinned([...published, off], 'production')).toBe('script-disabled');
    expect(pinned([...published, off], 'sandbox')).toBe(1);
  });

  it('what was pruned runs no more, also before its bytes are swept away (R-C6)', () => {
    const late = { ...by('bob'), at: '2026-12-24T00:00:00.000Z' };
    const given = stateAfter(secondPublished);
    const events = scriptDecider.decide(given, prune({ maxVersions: 1 })(late));
    const pruned = [...secondPublished, ...events.map((event) => ({ event, meta: late }))];
    expect(pinned(pruned, 'sandbox', 1)).toBe('content-pruned');
    expect([pinned(pruned, 'sandbox'), pinned(pruned, 'production')]).toEqual([2, 2]);
  });

  it('an unknown script is refused', () => expect(pinned([], 'production')).toBe('script-not-found'));
});
