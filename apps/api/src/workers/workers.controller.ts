import { Controller, Get, Inject } from '@nestjs/common';
import { workerListSchema } from '@stemma/contracts';
import { Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { OpsEdge } from '../projections/ops-edge.js';
import { RUN_PARTS, type RunParts } from '../runs/run-parts.js';

/** Two beats and a bit: one beat may be late. */
const FRESH_MS = 15_000;

@Controller('v1/ops/pool')
export class WorkersController {
  constructor(
    private readonly edge: OpsEdge,
    @Inject(RUN_PARTS) private readonly parts: RunParts,
  ) {}

  @Get()
  @Operation({
    id: 'showPool',
    summary: 'The workers, what they execute, and how many containers each keeps warm',
    access: 'worker:read',
    answer: workerListSchema,
  })
  async pool(@Exchange() exchange: HttpExchange) {
    this.edge.operatorOf(exchange);
    const now = this.parts.clock();
    const reports = await this.parts.readReports();
    return {
      items: reports.map(({ at, containers: _containers, perTenant: _perTenant, ...report }) => ({
        ...report,
        at: new Date(at).toISOString(),
        alive: now - at < FRESH_MS,
      })),
    };
  }
}
