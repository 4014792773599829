import { type ReadDb, requireTenant, type RowOf } from '@stemma/read-model';
import { reviews } from './reviews.projection.js';
import type { reviewRows } from './reviews.tables.js';

export { reviews };

export type ReviewRow = RowOf<typeof reviewRows>;

/** Somebody who looks for work: only what they may decide waits for them. */
export interface Reviewer {
  readonly person: string;
  readonly mayApprove: boolean;
  readonly mayPublish: boolean;
}

export interface ReviewFilters {
  /** Only what waits for this person. */
  readonly waitingFor?: Reviewer | undefined;
  readonly slug?: string | undefined;
  readonly author?: string | undefined;
  /** `approval` while approvals are missing, then `publishing`. */
  readonly stage?: 'approval' | 'publishing' | undefined;
}

/** The last row of a page. */
export interface ReviewCursor {
  readonly submittedAt: string;
  readonly scriptId: string;
}

export interface ListReviews {
  readonly tenantId: string;
  readonly filters?: ReviewFilters | undefined;
  /** From the page before, with the same filters. */
  readonly cursor?: ReviewCursor | undefined;
  /** 1 to 200. */
  readonly limit?: number | undefined;
  /** Also how many there are on all pages. */
  readonly count?: boolean | undefined;
}

export interface ReviewPage {
  readonly items: readonly ReviewRow[];
  /** Of the next page; null on the last one. */
  readonly next: ReviewCursor | null;
  /** Over all pages, when it was asked for. */
  readonly total: number | undefined;
}

const openReviews = (db: ReadDb, tenantId: string, { slug, author, stage }: ReviewFilters) =>
  db
    .views(reviews)
    .selectFrom('reviews_v1')
    .where('tenantId', '=', requireTenant(tenantId))
    .$if(slug !== undefined, (query) => query.where('slug', '=', slug ?? ''))
    .$if(author !== undefined, (query) => query.where('author', '=', author ?? ''))
    .$if(stage !== undefined, (query) => query.where('missing', stage === 'publishing' ? '=' : '>', 0));

/**
 * Waits for a reviewer: what lacks approvals and has none of theirs yet; for a publisher: what has all it needs. Where four
 * eyes are asked for, nothing waits for its author.
 */
const forReviewer = (
  query: ReturnType<typeof openReviews>,
  { person, mayApprove, mayPublish }: Reviewer,
): ReturnType<typeof openReviews> =>
  query.where((eb) =>
    eb.and([
      eb.or([eb('fourEyes', '=', false), eb('author', '!=', person)]),
      eb.or([
        eb.and([eb.val(mayApprove), eb('missing', '>', 0), eb.not(eb('approvedBy', '@>', eb.val([person])))]),
        eb.and([eb.val(mayPublish), eb('missing', '=', 0)]),
      ]),
    ]),
  );

/** A page of the tenant's open reviews, the longest waiting first. Reads `reviews`. */
export async function listReviews(
  db: ReadDb,
  { tenantId, filters = {}, cursor, limit = 50, count = false }: ListReviews,
): Promise<ReviewPage> {
  const size = Math.min(Math.max(limit, 1), 200);
  const open = openReviews(db, tenantId, filters);
  const wanted = filters.waitingFor === undefined ? open : forReviewer(open, filters.waitingFor);
  const found = await wanted
    .selectAll()
    .$if(cursor !== undefined, (query) =>
      query.where((eb) =>
        eb(
          eb.refTuple('submittedAt', 'scriptId'),
          '>',
          eb.tuple(cursor?.submittedAt ?? '', cursor?.scriptId ?? ''),
        ),
      ),
    )
    .orderBy('submittedAt')
    .orderBy('scriptId')
    .limit(size + 1)
    .execute();
  const items = found.slice(0, size);
  const last = found.length > size ? items.at(-1) : undefined;
  const next = last ? { submittedAt: last.submittedAt, scriptId: last.scriptId } : null;
  return { items, next, total: count ? await countOf(wanted) : undefined };
}

async function countOf(wanted: ReturnType<typeof openReviews>): Promise<number> {
  const { total } = await wanted.select((eb) => eb.fn.countAll().as('total')).executeTakeFirstOrThrow();
  return Number(total);
}
