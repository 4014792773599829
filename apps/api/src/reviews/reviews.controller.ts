import { Controller, Get } from '@nestjs/common';
import { listReviewsQuery, reviewListSchema, type reviewSchema } from '@stemma/contracts';
import { listReviews, type Reviewer, type ReviewRow, reviews } from '@stemma/projections/reviews';
import { z } from 'zod';
import type { Caller } from '../identity/caller.js';
import { mayDo } from '../identity/permissions.js';
import { callerOf, Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { pagesOf } from '../http/pages.js';
import { QueryEdge } from '../http/query-edge.js';
import { ValidQuery } from '../scripts/parameters.js';

const cursorSchema = z.strictObject({ submittedAt: z.iso.datetime(), scriptId: z.uuid() });

@Controller('v1/reviews')
export class ReviewsController {
  constructor(private readonly queries: QueryEdge) {}

  @Get()
  @Operation({
    id: 'listReviews',
    summary: 'What waits for the caller’s decision, the longest waiting first',
    access: 'script:read',
    waits: true,
    query: listReviewsQuery,
    answer: reviewListSchema,
  })
  async list(
    @Exchange() exchange: HttpExchange,
    @ValidQuery(listReviewsQuery) query: z.output<typeof listReviewsQuery>,
  ) {
    const { waiting, slug, author, stage, count, limit, asOf } = query;
    const waitingFor = waiting === 'me' ? reviewerOf(callerOf(exchange)) : undefined;
    const pages = pagesOf(cursorSchema, query);
    const filters = { waitingFor, slug, author, stage };
    const { items, next, total } = await this.queries.read(
      exchange,
      [reviews],
      (db, tenantId) => listReviews(db, { tenantId, filters, cursor: pages.after, limit, count }),
      asOf,
    );
    return {
      items: items.map(reviewOf),
      next: pages.next(next),
      ...(total !== undefined && { total }),
    };
  }
}

/** What the caller may decide, by the roles of this very request. */
const reviewerOf = (caller: Caller): Reviewer => ({
  person: caller.person,
  mayApprove: mayDo(caller, 'version:review'),
  mayPublish: mayDo(caller, 'version:publish'),
});

function reviewOf(row: ReviewRow): z.output<typeof reviewSchema> {
  const { tenantId: _tenant, scriptId: _script, approvedBy: _approvers, ...review } = row;
  return {
    ...review,
    labels: [...row.labels],
    approvals: [...row.approvals],
    stage: row.missing > 0 ? 'approval' : 'publishing',
  };
}
