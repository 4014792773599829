import { expect, it } from '@jest/globals';
import { briefly } from './brief-terms.js';

const terms = (suspended: boolean) => ({
  suspended,
  reviewPolicy: { requiredApprovals: 1, fourEyes: true },
});

it('what a tenant says is asked once for all that ask within a moment, and then again', async () => {
  let now = 0;
  const said = [terms(false), terms(true)];
  const termsOf = briefly(
    () => Promise.resolve(said.shift() ?? terms(false)),
    () => now,
  );
  const both = await Promise.all([termsOf('one'), termsOf('one')]);
  expect(both.map(({ suspended }) => suspended)).toEqual([false, false]);
  now = 251;
  expect((await termsOf('one')).suspended).toBe(true);
});

it('a question that failed is not remembered', async () => {
  const answers = [() => Promise.reject(new Error('away')), () => Promise.resolve(terms(true))];
  const termsOf = briefly(
    () => answers.shift()?.() ?? Promise.resolve(terms(false)),
    () => 0,
  );
  await expect(termsOf('one')).rejects.toThrow('away');
  expect((await termsOf('one')).suspended).toBe(true);
});
