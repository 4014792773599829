import { describe, expect, it } from '@jest/globals';
import { describeDifferences } from './differences.js';

describe('rows that differ', () => {
  it('H10 are told with the beginning of long values', () => {
    const columns = [
      { column: 'text', is: 'x'.repeat(500_000), shouldBe: 'y' },
      { column: 'more', is: undefined, shouldBe: null },
    ];
    const row = { table: 'notes', tenantId: 't', key: { id: 1 }, columns, missing: null };
    const told = describeDifferences([row]);
    expect(told).toMatch(
      /^notes \{"id":1\} of tenant t: text is "x{199}… \(and 499802 more characters\) and/,
    );
    expect(told).toMatch(/should be "y", more is nothing and should be null$/);
  });
});
