import { describe, expect, it } from '@jest/globals';
import { untilAnswered } from './until-answered.js';

describe('a question that is asked until it was answered once', () => {
  it('is asked again after a failure, and never after an answer', async () => {
    const replies = [new Error('Postgres is away'), 'yes', new Error('asked too often')];
    const ask = untilAnswered(async () => {
      const reply = replies.shift();
      if (reply instanceof Error) throw reply;
      return Promise.resolve(reply);
    });
    await expect(ask()).rejects.toThrow('Postgres is away');
    await expect(Promise.all([ask(), ask()])).resolves.toEqual(['yes', 'yes']);
    await expect(ask()).resolves.toBe('yes');
    expect(replies).toHaveLength(1);
  });
});
