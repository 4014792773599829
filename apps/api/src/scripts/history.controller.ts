import { Controller, Get, Inject } from '@nestjs/common';
import { historyQuery, historySchema } from '@stemma/contracts';
import { scripts } from '@stemma/projections/scripts';
import type { z } from 'zod';
import { callerOf, Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { QueryEdge } from '../http/query-edge.js';
import { type ApiParts, PARTS } from '../parts.js';
import { ofScript, Slug, ValidQuery } from './parameters.js';
import { readHistory } from './read-history.js';

@Controller('v1/scripts/:slug/history')
export class HistoryController {
  constructor(
    private readonly queries: QueryEdge,
    @Inject(PARTS) private readonly parts: ApiParts,
  ) {}

  /** From the log itself: it has every event that was ever acknowledged, whatever the read models do. */
  @Get()
  @Operation({
    id: 'showHistory',
    summary: 'Every event of a script, oldest first, from the log',
    access: 'script:read',
    waits: true,
    params: ofScript,
    query: historyQuery,
    answer: historySchema,
    refusals: ['script-not-found'],
  })
  async show(
    @Exchange() exchange: HttpExchange,
    @Slug() slug: string,
    @ValidQuery(historyQuery) { after, limit, asOf }: z.output<typeof historyQuery>,
  ) {
    this.queries.readLog(exchange);
    const { tenantId } = callerOf(exchange);
    const upTo = (await this.queries.momentOf(asOf, scripts))?.position;
    const request = { tenantId, slug, after, limit, upTo };
    const { items, next, position } = await readHistory(this.parts.store, request);
    if (position !== undefined) this.queries.answerAt(exchange, { logId: this.parts.logId(), position });
    return { items, next };
  }
}
