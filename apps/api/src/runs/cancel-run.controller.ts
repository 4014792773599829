import { Controller, Inject, Post } from '@nestjs/common';
import { RequestCancel } from '@stemma/commands';
import { cancelAnswer, cancelQuery, headers, requestCancelBody } from '@stemma/contracts';
import { formatToken } from '@stemma/read-model';
import type { z } from 'zod';
import { CommandEdge } from '../http/command-edge.js';
import { callerOf, Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { type ApiParts, PARTS } from '../parts.js';
import { ValidBody, ValidQuery } from '../scripts/parameters.js';
import { RUN_PARTS, type RunParts } from './run-parts.js';
import { ofRun, RunId } from './runs.controller.js';
import { waitUntilGone } from './wait-until-gone.js';

/** Long enough to see that a run which was cancelled before is gone. */
const A_LOOK_MS = 100;

@Controller('v1/runs/:runId/cancel')
export class CancelRunController {
  constructor(
    private readonly commands: CommandEdge,
    @Inject(PARTS) private readonly parts: ApiParts,
    @Inject(RUN_PARTS) private readonly runParts: RunParts,
  ) {}

  @Post()
  @Operation({
    id: 'cancelRun',
    summary: 'Cancel a run, wherever it is',
    access: 'run:request',
    command: true,
    params: ofRun,
    query: cancelQuery,
    body: requestCancelBody,
    answer: cancelAnswer,
    refusals: ['run-not-found', 'run-finished'],
  })
  async cancel(
    @Exchange() exchange: HttpExchange,
    @RunId() runId: string,
    @ValidQuery(cancelQuery) { wait }: z.output<typeof cancelQuery>,
    @ValidBody(requestCancelBody) body: z.output<typeof requestCancelBody>,
  ) {
    const answer = await this.commands.run(
      exchange,
      body,
      (context) => new RequestCancel({ runId, body, context }),
    );
    if (wait === 0 && answer.changed) return answer;
    const { tenantId } = callerOf(exchange);
    const { store } = this.parts;
    const withinMs = wait === 0 ? A_LOOK_MS : wait * 1_000;
    const end = await waitUntilGone({ ...this.runParts, store }, { tenantId, runId, withinMs });
    if (end === null) return { ...answer, status: 'cancelling' };
    const position = formatToken({ logId: this.parts.logId(), position: end });
    void exchange.reply.header(headers.position, position);
    return { ...answer, status: 'cancelled' };
  }
}
