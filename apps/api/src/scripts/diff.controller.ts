import { Controller, Get, Inject } from '@nestjs/common';
import { diffQuery, diffSchema } from '@stemma/contracts';
import { scripts } from '@stemma/projections/scripts';
import { versions } from '@stemma/projections/versions';
import type { z } from 'zod';
import { Exchange, headerOf, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { QueryEdge } from '../http/query-edge.js';
import { type ApiParts, PARTS } from '../parts.js';
import { diffOf, diffText } from './diff-of.js';
import { requireVersion } from './find-versions.js';
import { ofScript, Slug, ValidQuery } from './parameters.js';
import { requireContent } from './require-content.js';

@Controller('v1/scripts/:slug/diff')
export class DiffController {
  constructor(
    private readonly queries: QueryEdge,
    @Inject(PARTS) private readonly parts: ApiParts,
  ) {}

  @Get()
  @Operation({
    id: 'diffVersions',
    summary: 'What differs between two versions',
    access: 'script:read',
    waits: true,
    params: ofScript,
    query: diffQuery,
    answer: diffSchema,
    also: ['text/plain'],
    refusals: ['script-not-found', 'version-not-found', 'content-pruned'],
  })
  async diff(
    @Exchange() exchange: HttpExchange,
    @Slug() slug: string,
    @ValidQuery(diffQuery) { from, to }: z.output<typeof diffQuery>,
  ) {
    const [before, after] = await this.queries.read(
      exchange,
      [versions, scripts],
      async (db, tenantId) =>
        [
          await requireVersion(db, { tenantId, slug, number: from }),
          await requireVersion(db, { tenantId, slug, number: to }),
        ] as const,
    );
    const { store } = this.parts;
    const sides = {
      slug,
      from,
      to,
      before: await requireContent(store, before),
      after: await requireContent(store, after),
    };
    void exchange.reply.header('Vary', 'Accept');
    if (!wantsText(headerOf(exchange, 'Accept'))) return diffOf(sides);
    void exchange.reply.header('Content-Type', 'text/plain; charset=utf-8');
    return diffText(sides);
  }
}

/** JSON unless text is asked for and JSON is not. */
const wantsText = (accept = ''): boolean =>
  /\btext\/(plain|x-diff)\b/.test(accept) && !accept.includes('json');
