import { Controller, Get, Param } from '@nestjs/common';
import {
  actListSchema,
  certificateListSchema,
  jobIdParameter,
  jobListSchema,
  jobSchema,
  listActsQuery,
  listCertificatesQuery,
  listJobsQuery,
  projectionStatusSchema,
} from '@stemma/contracts';
import type { z } from 'zod';
import { Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { Refused } from '../http/refused.js';
import { ZodPipe } from '../http/zod.pipe.js';
import { ValidQuery } from '../scripts/parameters.js';
import { OpsEdge } from './ops-edge.js';

/** What operators look at. */
@Controller('v1/ops/projections')
export class ProjectionsController {
  constructor(private readonly edge: OpsEdge) {}

  @Get()
  @Operation({
    id: 'showProjections',
    summary: 'Every build of every projection: where it stands, how fast it moves, whether it was proven',
    access: 'projection:read',
    answer: projectionStatusSchema,
  })
  async status(@Exchange() exchange: HttpExchange) {
    this.edge.operatorOf(exchange);
    const [builds, jobs] = await Promise.all([this.edge.ops.status(), this.edge.ops.jobs()]);
    return { builds, jobs: jobs.filter(({ endedAt }) => endedAt === null) };
  }

  @Get('jobs')
  @Operation({
    id: 'listJobs',
    summary: 'What operators asked for, the newest first',
    access: 'projection:read',
    query: listJobsQuery,
    answer: jobListSchema,
  })
  async jobs(
    @Exchange() exchange: HttpExchange,
    @ValidQuery(listJobsQuery) { limit }: z.output<typeof listJobsQuery>,
  ) {
    this.edge.operatorOf(exchange);
    return { items: await this.edge.ops.jobs(limit) };
  }

  @Get('jobs/:jobId')
  @Operation({
    id: 'showJob',
    summary: 'A job: how far it is, and what came of it',
    access: 'projection:read',
    params: { jobId: jobIdParameter },
    answer: jobSchema,
    refusals: ['job-not-found'],
  })
  async job(
    @Exchange() exchange: HttpExchange,
    @Param('jobId', new ZodPipe(jobIdParameter, '{jobId}')) jobId: string,
  ) {
    this.edge.operatorOf(exchange);
    const job = await this.edge.ops.job(jobId);
    if (job) return job;
    throw new Refused(
      'job-not-found',
      'There is no such job. GET /v1/ops/projections/jobs lists the newest.',
    );
  }

  @Get('acts')
  @Operation({
    id: 'listActs',
    summary: 'What operators did and what was proven, as the log has it, the newest first',
    access: 'projection:read',
    query: listActsQuery,
    answer: actListSchema,
  })
  async acts(
    @Exchange() exchange: HttpExchange,
    @ValidQuery(listActsQuery) { limit }: z.output<typeof listActsQuery>,
  ) {
    this.edge.operatorOf(exchange);
    return { items: await this.edge.ops.acts(limit) };
  }

  @Get('certificates')
  @Operation({
    id: 'listCertificates',
    summary: 'What was proven of which build, when and for whom, the newest first',
    access: 'projection:read',
    query: listCertificatesQuery,
    answer: certificateListSchema,
  })
  async certificates(
    @Exchange() exchange: HttpExchange,
    @ValidQuery(listCertificatesQuery) query: z.output<typeof listCertificatesQuery>,
  ) {
    this.edge.operatorOf(exchange);
    return { items: await this.edge.ops.certificates(query) };
  }
}
