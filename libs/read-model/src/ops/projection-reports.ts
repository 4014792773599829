import { inTransaction, type Sql } from '../database/connect.js';
import type { BuildState } from '../database/builds.js';
import type { EventSource } from '../log/event-source.js';
import { endOfLog } from '../rebuild/end-of-log.js';

/** How far a build is behind the log. */
export interface Lag {
  /** Exact up to a thousand; beyond that an estimate from the positions. */
  readonly events: number;
  /** How long the oldest event that is not considered yet has been waiting. */
  readonly seconds: number;
}

/** A build, as an operator wants to see it. */
export interface BuildReport {
  readonly projection: string;
  readonly version: number;
  readonly build: number;
  readonly state: BuildState;
  readonly position: string | null;
  /** Considered since the start of the log. */
  readonly events: number;
  readonly lag: Lag;
  readonly parked: number;
  readonly paused: boolean;
  /** When it last moved. */
  readonly movedAt: string;
  /** The last proof of it: null until there is one. */
  readonly proof: {
    readonly equal: boolean;
    readonly digest: string;
    readonly position: string;
    readonly at: string;
  } | null;
}

const BUILDS = `
  SELECT b.projection, b.version, b.build, b.state, c.position, c.events, c.updated_at, p.paused_at IS NOT NULL AS paused,
    (SELECT count(*) FROM stemma.parked k WHERE k.projection = b.projection AND k.build = b.build) AS parked,
    (SELECT to_jsonb(z) FROM (
       SELECT equal, digest, position::text, ended_at AS at FROM stemma.certificates f
       WHERE f.projection = b.projection AND f.build = b.build ORDER BY f.id DESC LIMIT 1) z) AS proof
  FROM stemma.builds b JOIN stemma.checkpoints c USING (projection, build)
    LEFT JOIN stemma.pauses p USING (projection)
  ORDER BY b.projection, b.version, b.build`;

/** Every build there is, with its distance from the end of the log. */
export async function reportBuilds(sql: Sql, source: EventSource): Promise<readonly BuildReport[]> {
  const { rows } = await inTransaction(sql, 'stemma_writer', () => sql.query(BUILDS));
  const end = await endOfLog(source);
  const lags = new Map<bigint, Lag>();
  const reports: BuildReport[] = [];
  for (const row of rows) {
    const position = row['position'] as bigint | null;
    const behind = position ?? -1n;
    const lag = lags.get(behind) ?? (await lagBehind(source, behind, end, Number(row['events'])));
    lags.set(behind, lag);
    reports.push({
      projection: String(row['projection']),
      version: Number(row['version']),
      build: Number(row['build']),
      state: row['state'] as BuildState,
      position: position === null ? null : String(position),
      events: Number(row['events']),
      lag,
      parked: Number(row['parked']),
      paused: row['paused'] === true,
      movedAt: String(row['updated_at']),
      proof: row['proof'] as BuildReport['proof'],
    });
  }
  return reports;
}

const COUNTED = 1_000;

async function lagBehind(source: EventSource, position: bigint, end: bigint, events: number): Promise<Lag> {
  if (position >= end) return { events: 0, seconds: 0 };
  let behind = 0;
  let oldest: Date | undefined;
  for await (const event of source.readAll({
    ...(position < 0n ? {} : { after: position }),
    limit: COUNTED,
  })) {
    oldest ??= event.createdAt;
    behind += 1;
  }
  const seconds = oldest ? Math.max(0, (Date.now() - oldest.getTime()) / 1_000) : 0;
  return { events: behind < COUNTED ? behind : Math.max(behind, estimate(position, end, events)), seconds };
}

/** Positions grow with the bytes of events: what is ahead is taken to be like what is behind. */
const estimate = (position: bigint, end: bigint, events: number): number =>
  events === 0 ? 0 : Math.round(Number(end - position) / (Number(position) / events));
