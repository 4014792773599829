import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { clientRoutes, clientTypes } from './client-types.mjs';

const read = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const document = read('docs/openapi.json');

describe('the generated client (else: npm run -s openapi)', () => {
  it('has the types of the OpenAPI document', async () => {
    expect(read('libs/client/src/generated/schema.ts')).toBe(await clientTypes(document));
  });

  it('has its routes', () => {
    expect(read('libs/client/src/generated/routes.ts')).toBe(clientRoutes(document));
  });

  it('would be found stale after any change of the document', async () => {
    const changed = document.replace('"/v1/whoami"', '"/v1/who"');
    expect(clientRoutes(changed)).not.toBe(clientRoutes(document));
    expect(await clientTypes(changed)).not.toBe(await clientTypes(document));
  });
});
