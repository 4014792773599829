import { type ReadDb, requireTenant } from '@stemma/read-model';
import { runs } from './runs.projection.js';
import type { Attempt, Blob, NamedBlob, Output } from './runs.tables.js';

/** Who wants a blob: a run that has not ended and will read it, or only the account of one that has. */
export type BlobUse = 'needed' | 'named';

export interface FindBlobUses {
  readonly tenantId: string;
  /** Hex; a few thousand at most. */
  readonly sha256s: readonly string[];
}

const PAGE = 2_000;

/**
 * Which of these blobs the tenant's runs name. Looks through all its runs, a page at a time: for housekeeping, not for
 * requests. Reads `runs`.
 */
export async function findBlobUses(
  db: ReadDb,
  { tenantId, sha256s }: FindBlobUses,
): Promise<ReadonlyMap<string, BlobUse>> {
  const wanted = new Set(sha256s);
  const uses = new Map<string, BlobUse>();
  let last: { readonly requestedAt: string; readonly runId: string } | undefined;
  do {
    const page = await readPage(db, tenantId, last);
    for (const run of page) noteUses(uses, run, wanted);
    last = page.length === PAGE ? page.at(-1) : undefined;
  } while (last !== undefined);
  return uses;
}

function noteUses(uses: Map<string, BlobUse>, run: Naming, wanted: ReadonlySet<string>): void {
  const use = run.endedAt === null ? 'needed' : 'named';
  for (const sha256 of hashesOf(run)) {
    if (wanted.has(sha256) && uses.get(sha256) !== 'needed') uses.set(sha256, use);
  }
}

async function readPage(
  db: ReadDb,
  tenantId: string,
  last: { readonly requestedAt: string; readonly runId: string } | undefined,
) {
  let query = db
    .views(runs)
    .selectFrom('runs_v2')
    .select(['runId', 'requestedAt', 'endedAt', 'input', 'files', 'output', 'log', 'artifacts', 'attempts'])
    .where('tenantId', '=', requireTenant(tenantId))
    .orderBy('requestedAt')
    .orderBy('runId')
    .limit(PAGE);
  if (last) {
    query = query.where((eb) =>
      eb(eb.refTuple('requestedAt', 'runId'), '>', eb.tuple(last.requestedAt, last.runId)),
    );
  }
  return query.execute();
}

interface Naming {
  readonly endedAt: string | null;
  readonly input: Blob;
  readonly files: readonly NamedBlob[];
  readonly output: Output | null;
  readonly log: Blob | null;
  readonly artifacts: readonly NamedBlob[];
  readonly attempts: readonly Attempt[];
}

function hashesOf({ input, files, output, log, artifacts, attempts }: Naming): readonly string[] {
  const blobs: readonly Blob[] = [
    input,
    ...files,
    ...(output?.kind === 'blob' ? [output] : []),
    ...(log === null ? [] : [log]),
    ...artifacts,
    ...attempts.flatMap(({ failed }) => failed?.log ?? []),
  ];
  return blobs.map(({ sha256 }) => sha256);
}

/**
 * The tenants that ever ran something. A short look at the index for each, never through all runs. Reads `runs`, over all
 * tenants: not for requests.
 */
export async function listTenantsWithRuns(db: ReadDb): Promise<readonly string[]> {
  const tenants: string[] = [];
  for (let next = await tenantAfter(db); next !== undefined; next = await tenantAfter(db, next))
    tenants.push(next);
  return tenants;
}

async function tenantAfter(db: ReadDb, last?: string): Promise<string | undefined> {
  let query = db.views(runs).selectFrom('runs_v2').select('tenantId').orderBy('tenantId').limit(1);
  if (last !== undefined) query = query.where('tenantId', '>', last);
  return (await query.executeTakeFirst())?.tenantId;
}
