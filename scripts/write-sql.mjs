/** Writes docs/sql: what every query of the read models sends to Postgres. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { describeQueries } from '../projections/dist/describe-queries.js';

const folder = new URL('../docs/sql/', import.meta.url);

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const [file, page] of await describeQueries()) writeFileSync(new URL(file, folder), page);
console.log('docs/sql is written.');
