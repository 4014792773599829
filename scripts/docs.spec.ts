import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = path.resolve(import.meta.dirname, '..');
const pages = ['*.md', 'docs/**/*.md', '{apps,libs}/*/README.md', '{projections,bench}/README.md'];
const files = pages.flatMap((pattern) => globSync(pattern, { cwd: root })).sort();

const ours =
  /`((?:apps|libs|projections|bench|scripts|docs|examples)\/[\w./-]+\.(?:ts|mjs|js|py|csv|json|md))`/g;

/** The files of ours that a page names in backticks or links to. */
function namedIn(page: string): string[] {
  const text = readFileSync(path.join(root, page), 'utf8');
  const inCode = [...text.matchAll(ours)].map((match) => match[1] ?? '');
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map((match) => match[1] ?? '');
  return [...inCode, ...links.map((link) => path.join(path.dirname(page), link))];
}

describe('the documentation', () => {
  it.each(files)('%s names only files that are there', (page) => {
    expect(namedIn(page).filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
  });

  it('is looked through: what CONTRIBUTING.md names is found', () => {
    expect(namedIn('CONTRIBUTING.md')).toContain('libs/domain/src/script/approve-version.ts');
  });
});
