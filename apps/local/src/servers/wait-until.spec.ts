import { describe, expect, it } from '@jest/globals';
import { waitUntil } from './wait-until.js';

/** Fails so many times, in words that change or do not. */
function failing(times: number, words: (time: number) => string) {
  let time = 0;
  return () => ((time += 1) > times ? Promise.resolve() : Promise.reject(new Error(words(time))));
}

const patience = { withinMs: 60, everyMs: 3 };

describe('waiting for a server', () => {
  it('ends after its time, with the last words', async () => {
    const stuck = failing(1_000, () => 'authoring 40 %');
    await expect(waitUntil('api answering', stuck, { ...patience, whileItMoves: true })).rejects.toThrow(
      'api answering was not so within 0.06 s: authoring 40 %',
    );
  });

  it('goes on while it says how far it is, if that is allowed', async () => {
    const moving = () => failing(60, (time) => `authoring ${time} %`);
    await waitUntil('api answering', moving(), { ...patience, whileItMoves: true });
    await expect(waitUntil('api answering', moving(), patience)).rejects.toThrow('was not so');
  });
});
