import { inTransaction, type Sql } from '../database/connect.js';
import type { BuildState } from '../database/builds.js';
import type { BuildRef } from '../database/names.js';
import type { Certificate } from '../prove/certificates.js';
import type { EventSource } from '../log/event-source.js';
import { endOfLog } from '../rebuild/end-of-log.js';
import type { Rates } from './rates.js';

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
  /** In the moment before this report. */
  readonly eventsPerSecond: number;
  readonly lag: Lag;
  /** Streams that cannot go on. */
  readonly parked: number;
  /** Who let the projection stand still; null when nobody did. */
  readonly pausedBy: string | null;
  /** Whether a projector has it in hand: keeps it up to date, or fills it. */
  readonly hasWriter: boolean;
  /** Why it stands still until somebody acts. */
  readonly trouble: string | null;
  /** When it last moved. */
  readonly movedAt: string;
  /** The last proof of it: null until there is one. */
  readonly proof: {
    /** `rebuild`: compared with what was read before it; else with a replay of the log. */
    readonly kind: Certificate['kind'];
    readonly equal: boolean;
    readonly digest: string;
    readonly position: string;
    readonly against: number | null;
    readonly at: string;
  } | null;
}

/**
 * A writer holds the advisory lock of its build, whose name is that of `lockOf`. Certificates may be of builds of a database
 * that was lost, whose numbers are given out again.
 */
const BUILDS = `
  WITH held AS (SELECT (classid::bigint << 32) | objid::bigint AS key FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1 AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
  SELECT b.projection, b.version, b.build, b.state, c.position, c.events, c.updated_at, p.paused_by,
    hashtextextended('stemma writer ' || replace(b.projection, '-', '_') || '__' || b.build, 0) IN (SELECT key FROM held) AS has_writer,
    (SELECT t.reason FROM stemma.troubles t WHERE t.projection = b.projection AND t.version = b.version
       AND t.build IN (0, b.build) ORDER BY t.build DESC LIMIT 1) AS trouble,
    (SELECT count(*) FROM stemma.parked k WHERE k.projection = b.projection AND k.build = b.build) AS parked,
    (SELECT to_jsonb(z) FROM (
       SELECT kind, equal, digest, position::text, against,
         to_char(ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at FROM stemma.certificates f
       WHERE f.projection = b.projection AND f.build = b.build AND f.log_id = c.log_id AND f.ended_at >= b.created_at
       ORDER BY f.ended_at DESC, f.id DESC LIMIT 1) z) AS proof
  FROM stemma.builds b JOIN stemma.checkpoints c USING (projection, build)
    LEFT JOIN stemma.pauses p USING (projection)
  ORDER BY b.projection, b.version, b.build`;

/** Every build there is. */
export async function listRefs(sql: Sql): Promise<readonly BuildRef[]> {
  const { rows } = await inTransaction(sql, 'stemma_writer', () =>
    sql.query("SELECT projection, version, build FROM stemma.builds WHERE state <> 'dropped'"),
  );
  return rows.map((row) => ({
    projection: String(row['projection']),
    version: Number(row['version']),
    build: Number(row['build']),
  }));
}

/** Every build there is, with its distance from the end of the log. */
export async function reportBuilds(
  sql: Sql,
  source: EventSource,
  rates: Rates,
): Promise<readonly BuildReport[]> {
  const { rows } = await inTransaction(sql, 'stemma_writer', () => sql.query(BUILDS));
  const end = await endOfLog(source);
  const lags = new Map<bigint, Lag>();
  const reports: BuildReport[] = [];
  for (const row of rows) {
    const behind = (row['position'] as bigint | null) ?? -1n;
    const lag = lags.get(behind) ?? (await lagBehind(source, behind, end, Number(row['events'])));
    lags.set(behind, lag);
    reports.push(buildReport(row, lag, rates));
  }
  return reports;
}

function buildReport(row: Record<string, unknown>, lag: Lag, rates: Rates): BuildReport {
  const projection = String(row['projection']);
  const build = Number(row['build']);
  const position = row['position'] as bigint | null;
  return {
    projection,
    version: Number(row['version']),
    build,
    state: row['state'] as BuildState,
    position: position === null ? null : String(position),
    events: Number(row['events']),
    eventsPerSecond: rates.get(`${projection} ${build}`) ?? 0,
    lag,
    parked: Number(row['parked']),
    pausedBy: row['paused_by'] as string | null,
    hasWriter: row['has_writer'] === true,
    trouble: row['trouble'] as string | null,
    movedAt: String(row['updated_at']),
    proof: row['proof'] as BuildReport['proof'],
  };
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
