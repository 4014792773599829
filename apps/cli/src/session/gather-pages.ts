interface Page<T, Next> {
  readonly items: readonly T[];
  readonly next: Next | null;
}

const PAGE = 200;

/** What to say below a list that was cut short. */
export const more = (next: unknown): string => (next === null ? '' : '\nThere are more: raise --limit.');

/** At most `limit` items, page after page; `next` is not null when there are more. */
export async function gatherPages<T, Next>(
  limit: number,
  read: (size: number, next?: Next) => Promise<Page<T, Next>>,
): Promise<Page<T, Next>> {
  let page = await read(Math.min(limit, PAGE));
  const items = [...page.items];
  while (page.next !== null && items.length < limit) {
    page = await read(Math.min(limit - items.length, PAGE), page.next);
    items.push(...page.items);
  }
  return { items, next: page.next };
}
