import { Controller, Get } from '@nestjs/common';
import { lineageQuery, lineageSchema } from '@stemma/contracts';
import { findScript, scripts } from '@stemma/projections/scripts';
import { listLineage, versions } from '@stemma/projections/versions';
import type { ReadDb } from '@stemma/read-model';
import type { z } from 'zod';
import { Exchange, headerOf, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { QueryEdge } from '../http/query-edge.js';
import { lineageDot, lineageMermaid, lineageOf } from './lineage-of.js';
import { scriptNotFound } from './not-found.js';
import { ofScript, Slug, ValidQuery } from './parameters.js';

const texts = {
  dot: { type: 'text/vnd.graphviz', write: lineageDot },
  mermaid: { type: 'text/vnd.mermaid', write: lineageMermaid },
} as const;

@Controller('v1/scripts/:slug/lineage')
export class LineageController {
  constructor(private readonly queries: QueryEdge) {}

  @Get()
  @Operation({
    id: 'showLineage',
    summary: 'Which version came from which, as a graph',
    access: 'script:read',
    waits: true,
    params: ofScript,
    query: lineageQuery,
    answer: lineageSchema,
    also: [texts.dot.type, texts.mermaid.type],
    refusals: ['script-not-found'],
  })
  async show(
    @Exchange() exchange: HttpExchange,
    @Slug() slug: string,
    @ValidQuery(lineageQuery) { format, limit, asOf }: z.output<typeof lineageQuery>,
  ) {
    const draw = async (db: ReadDb, tenantId: string) => {
      const { items, truncated } = await listLineage(db, { tenantId, slug, limit });
      if (items.length === 0 && !(await findScript(db, { tenantId, slug }))) throw scriptNotFound();
      return lineageOf(slug, items, truncated);
    };
    const lineage = await this.queries.read(exchange, [versions, scripts], draw, asOf);
    void exchange.reply.header('Vary', 'Accept');
    const wanted = format ?? accepted(headerOf(exchange, 'Accept'));
    if (wanted === 'json') return lineage;
    const { type, write } = texts[wanted];
    void exchange.reply.header('Content-Type', `${type}; charset=utf-8`);
    return write(lineage);
  }
}

/** JSON unless a graph language is asked for and JSON is not. */
function accepted(accept = ''): 'json' | keyof typeof texts {
  if (accept.includes('json')) return 'json';
  if (accept.includes(texts.dot.type)) return 'dot';
  return accept.includes(texts.mermaid.type) ? 'mermaid' : 'json';
}
