import { EventStoreDBClient } from '@eventstore/db-client';
import { createScriptSchema, LOCAL_TENANT_ID, scriptIdOf } from '@stemma/domain';
import { connectEventStore, type EventStore } from '@stemma/event-store';
import { randomUUID } from 'node:crypto';
import type { Bench, BenchOptions, Report } from './bench.js';
import { type Parts, startParts } from './parts.js';
import { perCall, watchCores } from './cores.js';
import { type Append, decidingScript } from './projections/history.js';
import { median, quantile, rounded } from './quantile.js';
import { openRest, type Rest } from './rest.js';
import { type BenchScript, changeDescription, oneKilobyte, untilVisible } from './scripts.js';

const VERSIONS = 10_000;
const TIMES_MORE = 100;
const MEASURED = 500;
const COLD_STARTS = 3;
const LANES = 64;
const VERSIONS_AT_ONCE = 250;
const CATCH_UP_MS = 600_000;

const kept = (slug: string): BenchScript => ({ slug, etag: '"0"', position: '' });
const decidingOn = (slug: string) =>
  decidingScript({ tenantId: LOCAL_TENANT_ID, scriptId: scriptIdOf(LOCAL_TENANT_ID, slug) });
const creation = (slug: string) =>
  ({ type: 'CreateScript', data: createScriptSchema.parse({ slug, details: { name: slug } }) }) as const;

/** Scripts that were just created, put into the log as the business would. */
async function makeScripts(store: EventStore, name: string, count: number): Promise<readonly BenchScript[]> {
  const scripts = Array.from({ length: count }, (_, index) => kept(`${name}-${index}`));
  const lane = async (from: number): Promise<void> => {
    for (let index = from; index < count; index += LANES) {
      const { slug } = scripts[index] as BenchScript;
      const { stream, events } = decidingOn(slug)('author', creation(slug));
      await store.append(stream, events, 'no_stream');
    }
  };
  await Promise.all(Array.from({ length: LANES }, (_, from) => lane(from)));
  return scripts;
}

/** A script with a long line of versions; answers with its stream. */
async function makeLongScript(store: EventStore, script: BenchScript): Promise<string> {
  const decide = decidingOn(script.slug);
  const created = decide('author', creation(script.slug));
  let { revision } = await store.append(created.stream, created.events, 'no_stream');
  for (let number = 1; number <= VERSIONS; number += VERSIONS_AT_ONCE) {
    const drafts: Append['events'][number][] = [];
    for (let next = number; next < number + VERSIONS_AT_ONCE; next += 1) {
      const contentHash = next.toString(16).padStart(64, '0');
      const data = { baseNumber: next - 1 || null, contentHash, changeSummary: `Version ${next}.` };
      drafts.push(...decide('author', { type: 'SaveDraft', data }).events);
    }
    ({ revision } = await store.append(created.stream, drafts, revision));
  }
  script.etag = `"${revision}"`;
  return created.stream;
}

async function timed(once: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await once();
  return performance.now() - begun;
}

/** Milliseconds of a command on each of some scripts that nobody has touched since they were made. */
async function costs(rest: Rest, scripts: readonly BenchScript[]): Promise<readonly number[]> {
  const step = Math.max(1, Math.floor(scripts.length / MEASURED));
  const found: number[] = [];
  for (let index = 0; index < scripts.length; index += step) {
    const script = scripts[index] as BenchScript;
    found.push(await timed(() => changeDescription(rest, script, oneKilobyte())));
  }
  return found;
}

/** The same with a read model that knows all scripts, so that nothing but their number differs. */
async function costsAmong({ parts, rest, store }: Subject, name: string, count: number) {
  const scripts = await makeScripts(store, name, count);
  const [last] = await makeScripts(store, `last-${name}`, 1);
  await changeDescription(rest, last as BenchScript, oneKilobyte());
  await untilVisible(rest, last as BenchScript, CATCH_UP_MS);
  const [cores, started] = [watchCores(parts.processes), performance.now()];
  const ms = await costs(rest, scripts);
  const perSecond = (ms.length * 1_000) / (performance.now() - started);
  return { ms, shares: perCall(cores(), perSecond) };
}

async function bareRead(client: EventStoreDBClient, stream: string): Promise<number> {
  return timed(async () => {
    for await (const event of client.readStream(stream)) void event;
  });
}

interface Subject {
  readonly parts: Parts;
  readonly rest: Rest;
  readonly store: EventStore;
  readonly client: EventStoreDBClient;
}

async function measureLongScript({ parts, rest, store, client }: Subject) {
  const long = kept(`long-${randomUUID().slice(0, 8)}`);
  const stream = await makeLongScript(store, long);
  await changeDescription(rest, long, oneKilobyte());
  const warm: number[] = [];
  for (let count = 0; count < MEASURED; count += 1) {
    warm.push(await timed(() => changeDescription(rest, long, oneKilobyte())));
  }
  const [cold, bare]: [number[], number[]] = [[], []];
  for (let count = 0; count < COLD_STARTS; count += 1) {
    await parts.crash('api');
    // Another script first: what an api does once after its start is no part of it.
    const other = await makeScripts(store, `warm-up-${randomUUID().slice(0, 8)}`, 20);
    await costs(rest, other);
    cold.push(await timed(() => changeDescription(rest, long, oneKilobyte())));
    bare.push(await bareRead(client, stream));
  }
  return { warm, cold, bare };
}

async function run({ keys, profileTo }: BenchOptions): Promise<Report> {
  const parts = await startParts(profileTo);
  const store = connectEventStore({ url: parts.eventstoreUrl });
  const client = EventStoreDBClient.connectionString(parts.eventstoreUrl);
  const rest = openRest(parts.apiUrl, parts.authorKey, 8);
  const subject = { parts, rest, store, client };
  try {
    await costsAmong(subject, 'first', MEASURED);
    const few = await costsAmong(subject, 'few', keys);
    const many = await costsAmong(subject, 'many', keys * TIMES_MORE);
    const { warm, cold, bare } = await measureLongScript(subject);
    return {
      figures: {
        fewP50Ms: rounded(median(few.ms)),
        manyP50Ms: rounded(median(many.ms)),
        manyRatio: rounded(median(many.ms) / median(few.ms)),
        warmP50Ms: rounded(median(warm)),
        warmP99Ms: rounded(quantile(warm, 0.99)),
        coldMs: rounded(median(cold)),
        bareReadMs: rounded(median(bare)),
        coldRatio: rounded(median(cold) / median(bare)),
      },
      setting: {
        command: 'PATCH /v1/scripts/{slug}, 1 KB, one at a time',
        scripts: `${keys}, then ${keys * TIMES_MORE} more; each command on one that is not in the cache`,
        long: `a script of ${VERSIONS} versions: ${MEASURED} commands in a row; then ${COLD_STARTS} times the first one after a kill of the API, against a read of its stream by @eventstore/db-client, which has been at it before`,
        beside: 'projector running, at rest when measuring among scripts begins',
      },
      cores: { few: few.shares, many: many.shares },
    };
  } finally {
    rest.close();
    await Promise.all([store.close(), client.dispose()]);
    await parts.stop();
  }
}

export const scale: Bench = {
  about: 'what a command costs on a long script, and among many scripts',
  run,
};
