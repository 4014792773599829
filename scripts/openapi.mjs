/** Writes what is made from the declarations of the API: docs/openapi.json, and the types of the client from it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { describeApi } from '../apps/api/dist/describe-api.js';
import { clientRoutes, clientTypes } from './client-types.mjs';

const file = (name) => new URL(`../${name}`, import.meta.url);

const document = `${JSON.stringify(await describeApi(), null, 1)}\n`;
writeFileSync(file('docs/openapi.json'), document);
mkdirSync(file('libs/client/src/generated'), { recursive: true });
writeFileSync(file('libs/client/src/generated/schema.ts'), await clientTypes(document));
writeFileSync(file('libs/client/src/generated/routes.ts'), clientRoutes(document));
console.log('docs/openapi.json and libs/client/src/generated are written.');
