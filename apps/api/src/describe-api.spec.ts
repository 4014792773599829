import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { describeApi } from './describe-api.js';

describe('docs/openapi.json', () => {
  it('is what the handlers declare (else: npm run -s openapi)', async () => {
    const written = readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8');
    expect(written).toBe(`${JSON.stringify(await describeApi(), null, 1)}\n`);
  });
});
