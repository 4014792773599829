import { Controller, Get } from '@nestjs/common';
import {
  activationListSchema,
  authoringListSchema,
  listActivationsQuery,
  listDecisionsQuery,
} from '@stemma/contracts';
import { authoring, decisions, listActivations, listAuthoring } from '@stemma/projections/authoring';
import { findScript, scripts } from '@stemma/projections/scripts';
import type { ReadDb } from '@stemma/read-model';
import type { z } from 'zod';
import { Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { pagesOf } from '../http/pages.js';
import { QueryEdge } from '../http/query-edge.js';
import { scriptNotFound } from '../scripts/not-found.js';
import { ofScript, Slug, ValidQuery } from '../scripts/parameters.js';
import { activationOf, authoringCursor, authoringEntryOf } from './authoring-entry-of.js';

/** What was decided about the versions of one script. */
@Controller('v1/scripts/:slug')
export class DecisionsController {
  constructor(private readonly queries: QueryEdge) {}

  @Get('decisions')
  @Operation({
    id: 'listDecisions',
    summary: 'Every decision about a script’s versions, with its words, newest first',
    access: 'script:read',
    waits: true,
    params: ofScript,
    query: listDecisionsQuery,
    answer: authoringListSchema,
    refusals: ['script-not-found'],
  })
  decisions(
    @Exchange() exchange: HttpExchange,
    @Slug() slug: string,
    @ValidQuery(listDecisionsQuery) query: z.output<typeof listDecisionsQuery>,
  ) {
    const { limit } = query;
    const pages = pagesOf(authoringCursor, { ...query, slug });
    const filters = { slug, number: query.version, actions: decisions };
    const list = async (db: ReadDb, tenantId: string) => {
      const { items, next } = await listAuthoring(db, { tenantId, filters, cursor: pages.after, limit });
      if (items.length === 0) await requireScript(db, tenantId, slug);
      return { items: items.map(authoringEntryOf), next: pages.next(next) };
    };
    return this.queries.read(exchange, [authoring, scripts], list, query.asOf);
  }

  @Get('active-history')
  @Operation({
    id: 'listActivations',
    summary: 'Who moved the active version, to which one and when, newest first',
    access: 'script:read',
    waits: true,
    params: ofScript,
    query: listActivationsQuery,
    answer: activationListSchema,
    refusals: ['script-not-found'],
  })
  activations(
    @Exchange() exchange: HttpExchange,
    @Slug() slug: string,
    @ValidQuery(listActivationsQuery) { below, limit, asOf }: z.output<typeof listActivationsQuery>,
  ) {
    const list = async (db: ReadDb, tenantId: string) => {
      const { items, next } = await listActivations(db, { tenantId, slug, below, limit });
      if (items.length === 0) await requireScript(db, tenantId, slug);
      return { items: items.map(activationOf), next };
    };
    return this.queries.read(exchange, [authoring, scripts], list, asOf);
  }
}

async function requireScript(db: ReadDb, tenantId: string, slug: string): Promise<void> {
  if (!(await findScript(db, { tenantId, slug }))) throw scriptNotFound();
}
