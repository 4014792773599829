import { isRejection } from '@stemma/decider';
import { type ScriptCommand, scriptDecider, scriptIdOf, type ScriptState, streamName } from '@stemma/domain';
import { randomUUID } from 'node:crypto';

/** What one command stored: whole, as the command handlers append it. */
export interface Append {
  readonly stream: string;
  readonly events: readonly {
    readonly id: string;
    readonly type: string;
    readonly data: object;
    readonly metadata: object;
  }[];
}

const tenants = ['7b1f3a52-3d1e-5b0a-9c55-000000000001', '7b1f3a52-3d1e-5b0a-9c55-000000000002'];
const people = ['ann', 'bob', 'cy', 'dee'];

/** Endless lives of many scripts of two tenants, by the business's own rules; the same for the same seed. */
export function* scriptLives(scripts: number, seed = 1): Generator<Append> {
  const states = new Map<string, ScriptState>();
  let random = seed;
  const pick = <T>(list: readonly T[]): T => {
    random = (random * 48271) % 2147483647;
    return list[random % list.length] as T;
  };
  for (let at = Date.parse('2026-11-21T08:00:00.000Z'); ; at += 1_000) {
    const slug = `script-${pick(Array.from({ length: scripts }, (_, index) => index))}`;
    const tenantId = pick(tenants);
    const stream = streamName('script', tenantId, scriptIdOf(tenantId, slug));
    const meta = {
      tenantId,
      actor: { kind: 'user' as const, id: pick(people), via: null },
      at: new Date(at).toISOString(),
    };
    const state = states.get(stream) ?? scriptDecider.initial;
    const events = decided(state, pick(commandsOn(state, slug))(meta));
    if (events.length === 0) continue;
    states.set(
      stream,
      events.reduce((next, event) => scriptDecider.evolve(next, event, meta), state),
    );
    yield {
      stream,
      events: events.map((event) => ({ id: randomUUID(), ...event, metadata: { ...meta, release: 'test' } })),
    };
  }
}

type Step = (meta: ScriptCommand['meta']) => ScriptCommand;

function commandsOn(state: ScriptState, slug: string): readonly Step[] {
  const details = {
    name: slug,
    description: 'of a test',
    labels: ['test'],
    intents: [],
    languageCodes: [],
    embeddingKey: null,
  };
  if (!state.exists) {
    return [
      (meta) => ({ type: 'CreateScript', data: { slug, kind: 'code', type: 'one_off', details }, meta }),
    ];
  }
  const number = state.versions.length;
  const contentHash = 'abcdef'.charAt(number % 6).repeat(64);
  return [
    (meta) => ({
      type: 'SaveDraft',
      data: { baseNumber: number, contentHash, changeSummary: 'again' },
      meta,
    }),
    (meta) => ({ type: 'SubmitForReview', data: { number }, meta }),
    (meta) => ({ type: 'ApproveVersion', data: { number: state.inReview ?? 1, reviewNote: 'fine' }, meta }),
    (meta) => ({ type: 'PublishVersion', data: { number: state.inReview ?? 1 }, meta }),
    (meta) => ({ type: 'RollBack', data: { number: 1, baseNumber: number, changeSummary: null }, meta }),
  ];
}

function decided(state: ScriptState, command: ScriptCommand) {
  try {
    return scriptDecider.decide(state, command);
  } catch (error) {
    if (isRejection(error)) return [];
    throw error;
  }
}
