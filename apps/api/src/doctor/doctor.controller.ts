import { Controller, Get, Inject, Post } from '@nestjs/common';
import { findExpired, retentionOf } from '@stemma/blob-store';
import { emptyBody, repairRunsAnswer, type RunFinding, runsHealthSchema } from '@stemma/contracts';
import {
  findBlobUses,
  listTenantsWithRuns,
  listUnfinishedRuns,
  runs,
  unfinishedRuns,
} from '@stemma/projections/runs';
import { Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { type ApiParts, PARTS } from '../parts.js';
import { OpsEdge } from '../projections/ops-edge.js';
import { RUN_PARTS, type RunParts } from '../runs/run-parts.js';
import { ValidBody } from '../scripts/parameters.js';
import { finding, isAlive, openRunsJudge, type PlacesSeen, type RunsJudge } from './judge-runs.js';

/** More are counted by the next look, when these are mended. */
const MOST_BLOBS = 1_000;

interface Unnamed {
  readonly tenantId: string;
  readonly key: string;
  readonly sha256: string;
  readonly size: number;
}

/** What is out of step between the log and the places where its runs are carried out, over all tenants. */
@Controller('v1/ops/runs')
export class DoctorController {
  constructor(
    private readonly edge: OpsEdge,
    @Inject(PARTS) private readonly parts: ApiParts,
    @Inject(RUN_PARTS) private readonly runParts: RunParts,
  ) {}

  @Get()
  @Operation({
    id: 'examineRuns',
    summary: 'What is out of step between log, queue, workers, containers and bytes: a dry run',
    access: 'worker:read',
    answer: runsHealthSchema,
  })
  async examine(@Exchange() exchange: HttpExchange) {
    this.edge.operatorOf(exchange);
    const [seen, unnamed] = await Promise.all([this.look(), this.unnamedBlobs()]);
    if (seen === null) return { findings: [queueAway, ...unnamed.map(unnamedBlob)], seen: none };
    const { judge, jobs, reports, now } = seen;
    const containers = new Set(
      reports.flatMap((report) => (report.containers ?? []).map(({ runId }) => runId)),
    );
    return {
      findings: [...judge.findings(), ...unnamed.map(unnamedBlob)],
      seen: {
        unfinished: judge.considered(),
        jobs: jobs.length,
        workers: reports.filter((report) => isAlive(report, now)).length,
        containers: containers.size,
      },
    };
  }

  @Post('repair')
  @Operation({
    id: 'repairRuns',
    summary: 'Mend what is out of step: workers put back and remove, dead jobs and unnamed bytes go',
    access: 'worker:operate',
    body: emptyBody,
    answer: repairRunsAnswer,
  })
  async repair(@Exchange() exchange: HttpExchange, @ValidBody(emptyBody) _body: object) {
    const { person, keyId } = this.edge.operatorOf(exchange);
    const seen = await this.look();
    let jobsRemoved = 0;
    for (const { kind, runId, attempt } of seen?.judge.findings() ?? []) {
      if (kind !== 'job-without-run' || runId === null || attempt === null) continue;
      if (await this.runParts.queue.remove({ runId, attempt })) jobsRemoved += 1;
    }
    const workersCalled = await this.runParts.callWorkers().catch(() => 0);
    const blobsDeleted = await this.deleteUnnamed();
    const answer = { workersCalled, jobsRemoved, blobsDeleted };
    this.parts.logger.info({ operator: person, keyId, ...answer }, `${person} had the runs repaired`);
    return answer;
  }

  /** The queue first: what was added or taken meanwhile is newer in the rows, and not taken for lost. Null while Redis is away. */
  private async look(): Promise<(PlacesSeen & { readonly judge: RunsJudge }) | null> {
    const { queue, readReports, clock } = this.runParts;
    const jobs = await queue.list().catch(() => null);
    if (jobs === null) return null;
    const seen = { jobs, reports: await readReports(), now: clock() };
    const judge = openRunsJudge(seen);
    const all = { projections: [runs] as const };
    const pages = unfinishedRuns(
      async (page) =>
        (await this.parts.readModel.readAllTenants(all, (db) => listUnfinishedRuns(db, page))).value,
    );
    for await (const run of pages) judge.consider(run);
    return { ...seen, judge };
  }

  /** Bytes that no run names and whose day to be used is over. */
  private async unnamedBlobs(): Promise<readonly Unnamed[]> {
    const all = { projections: [runs] as const };
    const tenants = await this.parts.readModel.readAllTenants(all, (db) => listTenantsWithRuns(db));
    const found: Unnamed[] = [];
    for (const tenantId of tenants.value) {
      for await (const { key, sha256, size, why } of await this.expiredOf(tenantId)) {
        if (why === 'unused') found.push({ tenantId, key, sha256, size });
        if (found.length === MOST_BLOBS) return found;
      }
    }
    return found;
  }

  private async expiredOf(tenantId: string) {
    const store = await this.runParts.blobs(tenantId);
    const read = { tenantId, projections: [runs] as const };
    const usesOf = async (sha256s: readonly string[]) => {
      const { value, parked } = await this.parts.readModel.read(read, (db) =>
        findBlobUses(db, { tenantId, sha256s }),
      );
      return parked.length === 0 ? value : new Map(sha256s.map((sha256) => [sha256, 'needed' as const]));
    };
    return findExpired(store, retentionOf(this.runParts.keepDays), usesOf, this.parts.clock().getTime());
  }

  private async deleteUnnamed(): Promise<number> {
    let deleted = 0;
    for (const { tenantId, key } of await this.unnamedBlobs()) {
      if (await (await this.runParts.blobs(tenantId)).delete(key)) deleted += 1;
    }
    return deleted;
  }
}

const none = { unfinished: 0, jobs: 0, workers: 0, containers: 0 };

const queueAway: RunFinding = finding(
  'queue-away',
  'Redis cannot be reached: runs wait in the log, and nothing else can be said of them.',
  'Nothing: bring Redis back. The workers put everything back by themselves.',
);

const unnamedBlob = ({ tenantId, sha256, size }: Unnamed): RunFinding =>
  finding(
    'blob-without-event',
    `${size} bytes that no run names, stored more than a day ago.`,
    'They are deleted, as retention would do.',
    { tenantId, sha256 },
  );
