import type { EventMetadata, Meta, RunEvent, ScriptEvent } from '@stemma/domain';
import {
  changeDetailsSchema,
  createScriptSchema,
  id,
  runDecider,
  type RunCommand,
  runIdOf,
  type ScriptCommand,
  scriptDecider,
  scriptIdOf,
  streamName,
} from '@stemma/domain';
import { randomUUID } from 'node:crypto';

/** What is stored at once in one stream. */
export interface Append {
  readonly stream: string;
  readonly events: readonly {
    readonly id: string;
    readonly type: string;
    readonly data: object;
    readonly metadata: EventMetadata;
  }[];
}

const tenants = Array.from({ length: 4 }, (_, index) => id('tenant', `bench ${index}`));
const versions = 4;
const runsOfVersion = 4;
const changesOfVersion = 2;
const blob = { sha256: 'ab'.repeat(32), size: 12_345 };
const limits = { timeoutMs: 120_000, memoryMb: 256, milliCpus: 1_000, tmpfsMb: 64 };

/**
 * Endless lives of scripts by the business's own rules, `atOnce` of them beside each other: each has four versions that are
 * saved, described, reviewed, published and run four times. About 75 events of 0.7 KB per script, two thirds of runs.
 */
export function* history(atOnce: number, name = 'bench'): Generator<Append> {
  let started = 0;
  const begin = (): Generator<Append> => lifeOf(`${name}-${started}`, started++);
  const lives = [begin()];
  for (;;) {
    if (lives.length < atOnce) lives.push(begin());
    for (const [index, life] of lives.entries()) {
      const next = life.next();
      if (next.done === true) lives[index] = begin();
      else yield next.value;
    }
  }
}

function* lifeOf(slug: string, number: number): Generator<Append> {
  const tenantId = tenants[number % tenants.length] ?? '';
  const scriptId = scriptIdOf(tenantId, slug);
  const script = { tenantId, slug, scriptId, contentHash: 'ef'.repeat(32) };
  const decide = decidingScript(script);
  const details = { name: slug, description: describe(slug), labels: ['bench', 'sales'] };
  yield decide('ann', { type: 'CreateScript', data: createScriptSchema.parse({ slug, details }) });
  for (let version = 1; version <= versions; version += 1) {
    const { contentHash } = script;
    const summary = { contentHash, changeSummary: `What is new in ${version}.` };
    yield decide('ann', { type: 'SaveDraft', data: { baseNumber: version - 1 || null, ...summary } });
    for (let changed = 0; changed < changesOfVersion; changed += 1) {
      const change = { baseNumber: version, description: describe(`${version} ${changed}`) };
      yield decide('ann', { type: 'ChangeDetails', data: changeDetailsSchema.parse(change) });
    }
    yield decide('ann', { type: 'SubmitForReview', data: { number: version } });
    yield decide('bob', {
      type: 'ApproveVersion',
      data: { number: version, reviewNote: 'Compared by hand.' },
    });
    yield decide('bob', { type: 'PublishVersion', data: { number: version } });
    for (let run = 0; run < runsOfVersion; run += 1) yield runOf(script, version);
  }
}

const describe = (what: string): string =>
  `${what}: ${'sums up what was sold, by region and month. '.repeat(6)}`;

type Unsigned<C> = C extends { readonly meta: Meta } ? Omit<C, 'meta'> : never;

const start = Date.parse('2026-11-21T08:00:00.000Z');
let minutes = 0;

const metaOf = (tenantId: string, person: string): Meta => ({
  tenantId,
  actor: { kind: 'user', id: person, via: `key-of-${person}` },
  at: new Date(start + (minutes += 1) * 60_000).toISOString(),
});

/** Decides one command after the other on a script, each as it would be stored. */
export function decidingScript({
  tenantId,
  scriptId,
}: {
  readonly tenantId: string;
  readonly scriptId: string;
}) {
  let state = scriptDecider.initial;
  const stream = streamName('script', tenantId, scriptId);
  return (person: string, unsigned: Unsigned<ScriptCommand>): Append => {
    const meta = metaOf(tenantId, person);
    const events = scriptDecider.decide(state, { ...unsigned, meta });
    state = events.reduce((before, event) => scriptDecider.evolve(before, event, meta), state);
    return stored(stream, meta, events);
  };
}

interface OfScript {
  readonly tenantId: string;
  readonly scriptId: string;
  readonly slug: string;
  readonly contentHash: string;
}

/** A run from its request to its end. */
function runOf({ tenantId, ...script }: OfScript, number: number): Append {
  const runId = runIdOf(randomUUID());
  const meta = metaOf(tenantId, 'ann');
  const pinned = { ...script, versionId: id('version', script.scriptId, number), number };
  const steps: readonly RunCommand[] = [
    {
      type: 'RequestRun',
      data: {
        runId,
        ...pinned,
        runtime: 'python',
        context: 'production',
        trigger: { kind: 'manual' },
        input: blob,
        files: [{ name: 'sales.csv', ...blob }],
        limits,
      },
      meta,
    },
    {
      type: 'StartRun',
      data: {
        runId,
        attempt: 1,
        worker: 'worker-1',
        imageDigest: `sha256:${'12'.repeat(32)}`,
        profile: blob.sha256,
      },
      meta,
    },
    { type: 'CompleteRun', data: { attempt: 1, ...outcome }, meta },
  ];
  const events: RunEvent[] = [];
  let state = runDecider.initial;
  for (const step of steps) {
    const decided = runDecider.decide(state, step);
    state = decided.reduce((before, event) => runDecider.evolve(before, event, meta), state);
    events.push(...decided);
  }
  return stored(streamName('run', tenantId, runId), meta, events);
}

const outcome = {
  status: 'completed',
  reason: 'returned',
  exitCode: 0,
  output: { kind: 'inline', value: { orders: 3_669, revenue: 993_612.95, regions: ['north', 'south'] } },
  error: null,
  artifacts: [
    { name: 'report.md', ...blob },
    { name: 'clean.csv', ...blob },
  ],
  log: { ...blob, lines: 3, truncated: false },
  durations: { prepareMs: 160, runMs: 40 },
} as const;

const stored = (stream: string, meta: Meta, events: readonly (RunEvent | ScriptEvent)[]): Append => {
  const commandId = randomUUID();
  const metadata = {
    ...meta,
    commandId,
    bodyHash: blob.sha256,
    correlationId: commandId,
    causationId: commandId,
    release: 'bench',
  };
  return { stream, events: events.map((event) => ({ id: randomUUID(), ...event, metadata })) };
};
