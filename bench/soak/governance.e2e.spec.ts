import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Parts, startParts } from '../parts.js';
import { judgeRound } from './governance/judge-round.js';
import { playRound, type Round } from './governance/play-round.js';
import { openSender } from './governance/send.js';

/** The short form of `npm run -s soak -- governance`. */
describe('T5 H1 fifty clients on one script while the API is killed', () => {
  let parts: Parts;
  let round: Round;
  beforeAll(async () => {
    parts = await startParts(undefined);
    const kills = (turn: number): boolean => turn === 1;
    round = await playRound(parts, await openSender(parts), { slug: 'storm', turns: 3, kills });
  }, 120_000);
  afterAll(() => parts.stop(), 60_000);

  it('meet no fault of the server, and a history in which all that they were told stands once', () => {
    const { history, told, crashes } = round;
    expect(judgeRound(history, told)).toEqual([]);
    expect(crashes).toBe(1);
    expect(history.length).toBeGreaterThan(10);
    expect(told.filter(({ changed }) => changed).length).toBeGreaterThan(history.length / 2);
  });

  it('would be told of an event that was lost or stored again: the judge is not blind', () => {
    const { history, told } = round;
    const renumbered = (events: Round['history']) =>
      events.map((event, index) => ({ ...event, revision: BigInt(index) }));
    const drafts = history.findIndex(({ type }) => type === 'DraftCreated');
    const lost = renumbered(history.filter((_, index) => index !== drafts));
    expect(judgeRound(lost, told).length).toBeGreaterThan(0);
    const again = renumbered([...history, ...history.slice(drafts, drafts + 1)]);
    expect(judgeRound(again, told).join(' ')).toContain('second-batch');
    const twoActive = renumbered(history.filter(({ type }) => type !== 'VersionArchived'));
    expect(judgeRound(twoActive, []).join(' ')).toContain('two-active');
  });
});
