import { describe, expect, it } from '@jest/globals';
import { settingsSchema } from './settings-schema.js';

describe('the settings of a version', () => {
  it("are the script's own, but for the words that have a meaning", () => {
    const settings = {
      timeoutMs: 600_000,
      retries: { max: 2 },
      variables: { rows: 'number' },
      secrets: ['TOKEN'],
      region: ['eu', 1, null],
    };
    expect(settingsSchema.parse(settings)).toEqual(settings);
  });

  it.each([
    [{ timeoutMs: 600_001 }, ['timeoutMs']],
    [{ timeoutMs: '5s' }, ['timeoutMs']],
    [{ retries: { max: 11 } }, ['retries', 'max']],
    [{ retries: { max: 1, backoffSeconds: 0 } }, ['retries', 'backoffSeconds']],
    [{ variables: { rows: 'date' } }, ['variables', 'rows']],
    [{ secrets: ['not a name'] }, ['secrets', 0]],
    [{ secrets: ['TOKEN', 'TOKEN'] }, ['secrets']],
    [{ secrets: 'TOKEN' }, ['secrets']],
  ])('%j are refused, with the place of the fault', (settings, place) => {
    expect(settingsSchema.safeParse(settings).error?.issues.map((issue) => issue.path)).toEqual([place]);
  });
});
