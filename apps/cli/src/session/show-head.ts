import type { Session } from './open-session.js';

/** Where the script stands, in one line; undefined when it cannot be read: the failure itself matters more. */
export async function showHead({ api }: Session, slug: string): Promise<string | undefined> {
  try {
    const { latestNumber, activeNumber, inReviewNumber } = await api.call('showScript', { path: { slug } });
    const facts = [
      `newest ${latestNumber}`,
      `in review ${inReviewNumber ?? '–'}`,
      `active ${activeNumber ?? '–'}`,
    ];
    return `${slug} now: ${facts.join(', ')}`;
  } catch {
    return undefined;
  }
}
