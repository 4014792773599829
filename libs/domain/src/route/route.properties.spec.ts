import { fold, isRejection } from '@stemma/decider';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Meta } from '../shared/metadata.js';
import { MINUTE } from '../shared/instants.js';
import { type RouteCommand, routeDecider } from './route.decider.js';
import type { RouteEvent } from './route.events.js';

const method = 'POST' as const;
const path = '/contested';
const START = Date.parse('2026-11-21T08:00:00.000Z');
const SCRIPTS = ['sales', 'marks', 'words'] as const;
type Slug = (typeof SCRIPTS)[number];

/** A script on its way to the path and back, as its handlers do it: claim, set; remove, release. Any of them may die between. */
interface Way {
  has: boolean;
  claimedAt: number | null;
  removedAt: number | null;
}

type Act = 'claim' | 'set' | 'remove' | 'release';
const step = fc.record({
  slug: fc.constantFrom(...SCRIPTS),
  act: fc.constantFrom<Act>('claim', 'claim', 'set', 'set', 'remove', 'release'),
  waits: fc.integer({ min: 1, max: MINUTE - 1 }),
});
type Decide = typeof routeDecider.decide;

interface Seen {
  readonly owner: string | null;
  readonly holders: readonly string[];
}

/** Who owns the path and whose triggers name it, after each step. */
function walk(
  steps: readonly { readonly slug: Slug; readonly act: Act; readonly waits: number }[],
  decide: Decide,
): readonly Seen[] {
  const ways = new Map<string, Way>(
    SCRIPTS.map((slug) => [slug, { has: false, claimedAt: null, removedAt: null }]),
  );
  let route = routeDecider.initial;
  let now = START;
  const tried = (command: RouteCommand): boolean => {
    try {
      const facts = decide(route, command).map((event: RouteEvent) => ({ event, meta: command.meta }));
      route = fold(routeDecider, facts, route);
      return true;
    } catch (error) {
      if (isRejection(error)) return false;
      throw error;
    }
  };
  const acts: Record<Act, (slug: Slug, way: Way, meta: Meta) => void> = {
    claim: (slug, way, meta) => {
      const { owner } = route;
      const idleOwner = owner !== null && ways.get(owner.scriptId)?.has !== true ? owner : null;
      const data = { method, path, scriptId: slug, slug, triggerId: `${slug} main`, idleOwner };
      if (tried({ type: 'ClaimRoute', data, meta })) way.claimedAt = now;
    },
    set: (_slug, way) => {
      way.has ||= way.claimedAt !== null && now - way.claimedAt < MINUTE;
      way.claimedAt = null;
    },
    remove: (_slug, way) => {
      if (way.has) [way.has, way.removedAt] = [false, now];
    },
    release: (slug, way, meta) => {
      if (way.removedAt === null) return;
      const removedAt = new Date(way.removedAt).toISOString();
      const data = { method, path, scriptId: slug, triggerId: `${slug} main`, removedAt };
      tried({ type: 'ReleaseRoute', data, meta });
      way.removedAt = null;
    },
  };
  return steps.map(({ slug, act, waits }) => {
    now += waits;
    const at = new Date(now).toISOString();
    const meta: Meta = { tenantId: 'one tenant', actor: { kind: 'user', id: 'ann', via: null }, at };
    const way = ways.get(slug);
    if (way) acts[act](slug, way, meta);
    const holders = [...ways].flatMap(([name, { has }]) => (has ? [name] : []));
    return { owner: route.owner?.slug ?? null, holders };
  });
}

const check = (decide: Decide) =>
  fc.check(
    fc.property(fc.array(step, { minLength: 20, maxLength: 80 }), (steps) => {
      for (const { owner, holders } of walk(steps, decide))
        if (holders.length > 0) expect(holders).toEqual([owner]);
    }),
    { numRuns: 500, seed: 20_261_121 },
  );

describe('DESIGN §6 a path, whatever three scripts try with it, and wherever they die', () => {
  it('belongs to one of them at every moment: to the one whose trigger names it', () => {
    const { failed, counterexample, errorInstance } = check(routeDecider.decide);
    expect({ failed, counterexample, errorInstance }).toEqual({
      failed: false,
      counterexample: null,
      errorInstance: null,
    });
  });

  it.each<readonly [string, Decide]>([
    [
      'a claim that nobody is asked about',
      (state, command) =>
        routeDecider.decide(command.type === 'ClaimRoute' ? routeDecider.initial : state, command),
    ],
    [
      'a claim that is taken over at once',
      (state, command) =>
        routeDecider.decide(state.owner ? { owner: { ...state.owner, claimedAt: 0 } } : state, command),
    ],
    [
      'a release that comes late and takes what was claimed anew',
      (state, command) =>
        command.type === 'ReleaseRoute'
          ? routeDecider.decide(state.owner ? { owner: { ...state.owner, claimedAt: 0 } } : state, command)
          : routeDecider.decide(state, command),
    ],
  ])('%s would be found', (_, faulty) => {
    expect(check(faulty).failed).toBe(true);
  });
});
