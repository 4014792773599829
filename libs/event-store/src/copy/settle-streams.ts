import type { EventStoreDBClient } from '@eventstore/db-client';
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { openRawAppends } from './raw-appends.js';
import type { TargetStreams } from './store-rest.js';
import { type Fates, firstVisible, type StreamFate, type SurveyedLog } from './survey-streams.js';

export interface Settling {
  readonly from: SurveyedLog;
  readonly client: EventStoreDBClient;
  /** Of the old log. */
  readonly fates: Fates;
  /** Of the new log, after everything was stored. */
  readonly targetFates: Fates;
  readonly streams: TargetStreams;
  readonly signal: AbortSignal;
}

/** What was brought over besides events: how many streams. */
export interface Settled {
  readonly metadata: number;
  readonly deleted: number;
}

/**
 * Gives the streams of the new log the metadata of the old ones, hides leading fillers behind `$tb`, and deletes what the
 * old log has deleted. Done again it does nothing.
 */
export async function settleStreams(settling: Settling): Promise<Settled> {
  const { fates, streams, signal } = settling;
  const settled = { metadata: 0, deleted: 0 };
  for (const stream of new Set([...fates.keys(), ...streams.fillers.keys()])) {
    signal.throwIfAborted();
    const fate = fates.get(stream);
    if (fate !== undefined && fate.end !== 'open') {
      if (await endStream(settling, stream, fate.end)) settled.deleted += 1;
    } else if (await describeStream(settling, stream, fate)) settled.metadata += 1;
  }
  return settled;
}

async function endStream(
  { client, targetFates, streams }: Settling,
  stream: string,
  end: 'deleted' | 'tombstoned',
): Promise<boolean> {
  const now = targetFates.get(stream)?.end ?? 'open';
  if (now === end || now === 'tombstoned') return false;
  if (end === 'tombstoned') await client.tombstoneStream(stream);
  else if (streams.next.has(stream)) await client.deleteStream(stream);
  else return false;
  return true;
}

type Metadata = Readonly<Record<string, unknown>>;

async function describeStream(
  { from, client, targetFates, streams }: Settling,
  stream: string,
  fate: StreamFate | undefined,
): Promise<boolean> {
  const now = parsed(targetFates.get(stream)?.metadata);
  const first = streams.fillers.has(stream) ? await firstVisible(from, stream) : 0n;
  const wanted = hiddenBefore(parsed(fate?.metadata) ?? {}, first === 'gone' ? 0n : first);
  if (isDeepStrictEqual(wanted, now ?? {})) return false;
  const appends = await openRawAppends(client);
  try {
    const data = Buffer.from(JSON.stringify(wanted));
    const event = { id: randomUUID(), type: '$metadata', isJson: true, data, metadata: Buffer.alloc(0) };
    await appends.append({ stream: `$$${stream}`, events: [event], expected: 'any' });
  } finally {
    appends.close();
  }
  return true;
}

function hiddenBefore(metadata: Metadata, first: bigint): Metadata {
  const before = metadata['$tb'];
  const enough = typeof before === 'number' && BigInt(before) >= first;
  return first === 0n || enough ? metadata : { ...metadata, $tb: Number(first) };
}

/** Metadata that are no JSON object say nothing to a server either. */
function parsed(bytes: Uint8Array | undefined): Metadata | undefined {
  if (bytes === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
