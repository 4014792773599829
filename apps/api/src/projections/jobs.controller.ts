import { Controller, Post } from '@nestjs/common';
import {
  abortAnswer,
  dropBody,
  jobSchema,
  projectionsAnswer,
  projectionsBody,
  rebuildBody,
  swapBody,
} from '@stemma/contracts';
import type { JobKind, JobOptions } from '@stemma/read-model';
import type { z } from 'zod';
import { Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation, type OperationOptions } from '../http/operation.js';
import { ValidBody } from '../scripts/parameters.js';
import { OpsEdge } from './ops-edge.js';

const act = {
  access: 'projection:operate',
  command: true,
  refusals: ['projection-not-found'],
} as const satisfies Partial<OperationOptions>;
const job = { ...act, answer: jobSchema, status: 202 } as const;

type OfProjections = z.output<typeof projectionsBody>;

/** What operators have done: jobs are done by a projector, one after the other; the rest is done at once. */
@Controller('v1/ops/projections')
export class JobsController {
  constructor(private readonly edge: OpsEdge) {}

  @Post('rebuild')
  @Operation({ ...job, id: 'rebuildProjections', summary: 'Build anew, prove, and swap', body: rebuildBody })
  async rebuild(
    @Exchange() exchange: HttpExchange,
    @ValidBody(rebuildBody) body: z.output<typeof rebuildBody>,
  ) {
    const { projections, ...options } = body;
    return this.ask(exchange, body, 'rebuild', projections, options);
  }

  @Post('verify')
  @Operation({
    ...job,
    id: 'verifyProjections',
    summary: 'Replay the log and compare, while the live one goes on',
    body: projectionsBody,
  })
  async verify(@Exchange() exchange: HttpExchange, @ValidBody(projectionsBody) body: OfProjections) {
    return this.ask(exchange, body, 'verify', body.projections, {});
  }

  @Post('swap')
  @Operation({ ...job, id: 'swapBuilds', summary: 'Read another complete build', body: swapBody })
  async swap(@Exchange() exchange: HttpExchange, @ValidBody(swapBody) body: z.output<typeof swapBody>) {
    const { projections, build, ...accept } = body;
    return this.ask(exchange, body, 'swap', projections, {
      ...accept,
      ...(build !== undefined && { build }),
    });
  }

  @Post('rollback')
  @Operation({
    ...job,
    id: 'rollBackBuilds',
    summary: 'Read the build again that was read before',
    body: projectionsBody,
  })
  async rollback(@Exchange() exchange: HttpExchange, @ValidBody(projectionsBody) body: OfProjections) {
    return this.ask(exchange, body, 'rollback', body.projections, {});
  }

  @Post('drop')
  @Operation({ ...job, id: 'dropBuilds', summary: 'Remove builds that are not read', body: dropBody })
  async drop(@Exchange() exchange: HttpExchange, @ValidBody(dropBody) body: z.output<typeof dropBody>) {
    const { projections, build, version } = body;
    const options = { ...(build !== undefined && { build }), ...(version !== undefined && { version }) };
    return this.ask(exchange, body, 'drop', projections, options);
  }

  @Post('abort')
  @Operation({
    ...act,
    id: 'abortJobs',
    summary: 'End the jobs that wait or run; what they half made is removed',
    body: projectionsBody,
    answer: abortAnswer,
  })
  async abort(@Exchange() exchange: HttpExchange, @ValidBody(projectionsBody) body: OfProjections) {
    const { person } = this.edge.operatorOf(exchange);
    const projections = await this.edge.named(body.projections);
    await this.edge.record(exchange, body, { type: 'ProjectionJobsAborted', data: { projections } });
    return { projections, aborted: await this.edge.ops.abort(projections, person) };
  }

  @Post('pause')
  @Operation({
    ...act,
    id: 'pauseProjections',
    summary: 'Let projections stand still',
    body: projectionsBody,
    answer: projectionsAnswer,
  })
  async pause(@Exchange() exchange: HttpExchange, @ValidBody(projectionsBody) body: OfProjections) {
    const { person } = this.edge.operatorOf(exchange);
    const projections = await this.edge.named(body.projections);
    await this.edge.record(exchange, body, { type: 'ProjectionsPaused', data: { projections } });
    for (const name of projections) await this.edge.ops.pause(name, person);
    return { projections };
  }

  @Post('resume')
  @Operation({
    ...act,
    id: 'resumeProjections',
    summary: 'Let projections go on',
    body: projectionsBody,
    answer: projectionsAnswer,
  })
  async resume(@Exchange() exchange: HttpExchange, @ValidBody(projectionsBody) body: OfProjections) {
    this.edge.operatorOf(exchange);
    const projections = await this.edge.named(body.projections);
    await this.edge.record(exchange, body, { type: 'ProjectionsResumed', data: { projections } });
    for (const name of projections) await this.edge.ops.resume(name);
    return { projections };
  }

  private async ask(
    exchange: HttpExchange,
    body: unknown,
    kind: JobKind,
    wanted: OfProjections['projections'],
    options: JobOptions,
  ) {
    const projections = await this.edge.named(wanted);
    return this.edge.ask(exchange, body, { kind, projections, options });
  }
}
