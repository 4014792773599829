import { Controller, Get } from '@nestjs/common';
import { authoringListSchema, listAuthoringQuery } from '@stemma/contracts';
import { authoring, listAuthoring } from '@stemma/projections/authoring';
import type { z } from 'zod';
import { Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { pagesOf } from '../http/pages.js';
import { QueryEdge } from '../http/query-edge.js';
import { ValidQuery } from '../scripts/parameters.js';
import { authoringCursor, authoringEntryOf } from './authoring-entry-of.js';

@Controller('v1/authoring')
export class AuthoringController {
  constructor(private readonly queries: QueryEdge) {}

  @Get()
  @Operation({
    id: 'listAuthoring',
    summary: 'Who changed what about every script, when and why, newest first',
    access: 'authoring:audit',
    waits: true,
    query: listAuthoringQuery,
    answer: authoringListSchema,
  })
  async list(
    @Exchange() exchange: HttpExchange,
    @ValidQuery(listAuthoringQuery) query: z.output<typeof listAuthoringQuery>,
  ) {
    const { slug, actor: by, action, version: number, from, to, limit, asOf } = query;
    const actions = action.length === 0 ? undefined : action;
    const filters = { slug, by, actions, number, from, to };
    const pages = pagesOf(authoringCursor, query);
    const { items, next } = await this.queries.read(
      exchange,
      [authoring],
      (db, tenantId) => listAuthoring(db, { tenantId, filters, cursor: pages.after, limit }),
      asOf,
    );
    return { items: items.map(authoringEntryOf), next: pages.next(next) };
  }
}
