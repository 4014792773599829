import { Controller, Get, Param } from '@nestjs/common';
import { asOfQuery, listRunsQuery, runIdParameter, runListSchema, runSchema } from '@stemma/contracts';
import { findRun, listRuns, runs } from '@stemma/projections/runs';
import type { ReadDb } from '@stemma/read-model';
import { z } from 'zod';
import { callerOf, Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { pagesOf } from '../http/pages.js';
import { QueryEdge } from '../http/query-edge.js';
import { ZodPipe } from '../http/zod.pipe.js';
import { ValidQuery } from '../scripts/parameters.js';
import { runNotFound } from './not-found.js';
import { filtersOf } from './run-filters.js';
import { runOf } from './run-of.js';

export const ofRun = { runId: runIdParameter };
export const RunId = () => Param('runId', new ZodPipe(runIdParameter, '{runId}'));

const cursorSchema = z.strictObject({ requestedAt: z.iso.datetime(), runId: z.uuid() });

@Controller('v1/runs')
export class RunsController {
  constructor(private readonly queries: QueryEdge) {}

  @Get()
  @Operation({
    id: 'listRuns',
    summary: 'Runs, newest first',
    access: 'run:read',
    waits: true,
    query: listRunsQuery,
    answer: runListSchema,
  })
  list(@Exchange() exchange: HttpExchange, @ValidQuery(listRunsQuery) asked: z.output<typeof listRunsQuery>) {
    const { mine, limit, asOf } = asked;
    const requestedBy = mine ? callerOf(exchange).person : undefined;
    const pages = pagesOf(cursorSchema, asked);
    const query = async (db: ReadDb, tenantId: string) => {
      const page = await listRuns(db, {
        tenantId,
        filters: { ...filtersOf(asked), requestedBy },
        cursor: pages.after,
        limit,
      });
      return { items: page.items.map(runOf), next: pages.next(page.next) };
    };
    return this.queries.read(exchange, [runs], query, asOf);
  }

  @Get(':runId')
  @Operation({
    id: 'showRun',
    summary: 'A run: what was asked for, how it went, what came out',
    access: 'run:read',
    waits: true,
    params: ofRun,
    query: asOfQuery,
    answer: runSchema,
    refusals: ['run-not-found'],
  })
  show(
    @Exchange() exchange: HttpExchange,
    @RunId() runId: string,
    @ValidQuery(asOfQuery) { asOf }: z.output<typeof asOfQuery>,
  ) {
    const query = async (db: ReadDb, tenantId: string) => {
      const run = await findRun(db, { tenantId, runId });
      if (!run) throw runNotFound();
      return runOf(run);
    };
    return this.queries.read(exchange, [runs], query, asOf);
  }
}
