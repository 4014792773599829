import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cronFault } from './cron-expression.js';

describe('a cron expression', () => {
  it.each([
    '* * * * *',
    '*/15 9-17 * * MON-FRI',
    '0 0 1,15 JAN,JUL *',
    '0 0 29 2 *',
    '59 23 31 12 7',
    '0-30/10 0 * * 0',
    '0 0 30 2 MON',
  ])('%p is good', (expression) => {
    expect(cronFault(expression)).toBeNull();
  });

  it.each([
    ['* * * *', 'five fields'],
    ['* * * * * *', 'five fields'],
    ['', 'five fields'],
    ['60 * * * *', 'as its minute: it takes 0 to 59'],
    ['* 24 * * *', 'as its hour'],
    ['* * 0 * *', 'as its day of month'],
    ['* * * 13 *', '1 to 12 or JAN to DEC'],
    ['* * * FOO *', 'as its month'],
    ['* * * * 8', '0 to 7 or SUN to SAT'],
    ['*/0 * * * *', '"*/0"'],
    ['5/2 * * * *', '"5/2"'],
    ['30-10 * * * *', '"30-10"'],
    ['1,,2 * * * *', '""'],
    ['-1 * * * *', '"-1"'],
    ['0 0 30 FEB *', 'it would never fire'],
    ['0 0 31 4,6,9,11 *', 'it would never fire'],
  ])('%p is not, and says why: %s', (expression, why) => {
    expect(cronFault(expression)).toContain(why);
  });

  it('is never judged by throwing, whatever is sent', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(['string', 'object']).toContain(typeof cronFault(text));
      }),
    );
  });
});
