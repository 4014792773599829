import { describe, expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { types } from 'node:util';
import { describeQueries } from './describe-queries.js';
import { projections } from './index.js';
import { samples } from './samples.js';

const root = path.resolve(import.meta.dirname, '..');

describe('the SQL of the queries', () => {
  it('stands in docs/sql as it is sent; else run: npm run -s sql', async () => {
    const pages = await describeQueries();
    expect(
      globSync('docs/sql/*.sql', { cwd: root })
        .map((file) => path.basename(file))
        .sort(),
    ).toEqual([...pages.keys()].sort());
    for (const [file, page] of pages) {
      expect(readFileSync(path.join(root, 'docs/sql', file), 'utf8')).toBe(page);
    }
  });

  it('filters by the tenant in every statement, but for the system’s own (HAZARDS T9)', async () => {
    for (const [file, page] of await describeQueries()) {
      const [, ...sections] = page.split(/^-- (?=find|list|count)/m);
      const without = sections.filter(
        (section) => !/tenant_id = \$\d/.test(section) && !section.includes('all tenants'),
      );
      expect([file, without]).toEqual([file, []]);
    }
  });

  it('is sampled of every projection and every query; else add it to <question>.samples.ts', async () => {
    expect(samples.map(({ projection }) => projection.name)).toEqual(projections.map(({ name }) => name));
    for (const { projection, queries } of samples) {
      const { name } = projection;
      const module = (await import(`./${name}/${name}.queries.js`)) as Readonly<Record<string, unknown>>;
      // A generator sends nothing itself: it goes page by page through a query beside it.
      const functions = Object.keys(module).filter(
        (key) => typeof module[key] === 'function' && !types.isGeneratorFunction(module[key]),
      );
      const sampled = new Set(Object.keys(queries).map((key) => /^\w+/.exec(key)?.[0]));
      expect([name, functions.filter((key) => !sampled.has(key))]).toEqual([name, []]);
    }
  });
});
