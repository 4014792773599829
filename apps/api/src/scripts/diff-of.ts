import type { diffSchema } from '@stemma/contracts';
import { type Change, changesBetween, type Json } from '@stemma/read-model';
import { createTwoFilesPatch } from 'diff';
import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';

/** A content as its fields: what is compared does not depend on which there are. */
type Content = Readonly<Record<string, unknown>>;

export interface Sides {
  readonly slug: string;
  readonly from: number;
  readonly to: number;
  readonly before: Content;
  readonly after: Content;
}

/** Beyond so many changed lines a finer answer takes too long and helps nobody. */
const MOST_EDITS = 1_000;

/** What differs: the source as a unified difference, every other field by its JSON Pointer. */
export function diffOf({ slug, from, to, before, after }: Sides): z.output<typeof diffSchema> {
  const [oldSource, oldFields] = split(before);
  const [newSource, newFields] = split(after);
  return {
    from,
    to,
    same: isDeepStrictEqual(before, after),
    source: unified(`${slug}@${from}`, `${slug}@${to}`, oldSource, newSource),
    fields: changesBetween(oldFields, newFields).map(written),
  };
}

/** The same for people and for `patch`: the source, then the other fields as JSON. */
export function diffText({ slug, from, to, before, after }: Sides): string {
  const [oldSource, oldFields] = split(before);
  const [newSource, newFields] = split(after);
  const names = (what: string) => [`${slug}@${from}/${what}`, `${slug}@${to}/${what}`] as const;
  return (
    unified(...names('source'), oldSource, newSource) +
    unified(...names('fields.json'), pretty(oldFields), pretty(newFields))
  );
}

/** The source, and everything else: what was read from the log is JSON. */
function split({ source, ...fields }: Content): readonly [string, Readonly<Record<string, Json>>] {
  return [typeof source === 'string' ? source : '', fields as Readonly<Record<string, Json>>];
}

type Written = z.output<typeof diffSchema>['fields'][number];

const written = (change: Change): Written => change as Written;

const pretty = (fields: object): string => `${JSON.stringify(sorted(fields), null, 2)}\n`;

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

function unified(oldName: string, newName: string, oldText: string, newText: string): string {
  if (oldText === newText) return '';
  const options = { context: 3, maxEditLength: MOST_EDITS };
  const patch = createTwoFilesPatch(oldName, newName, oldText, newText, undefined, undefined, options);
  return withoutRuler(patch ?? replacement(oldName, newName, oldText, newText));
}

/** `diff` writes a ruler above each file, which `git diff` and `diff -u` do not. */
const withoutRuler = (patch: string): string => patch.replace(/^=+\n/, '');

function replacement(oldName: string, newName: string, oldText: string, newText: string): string {
  const [oldLines, newLines] = [linesOf(oldText), linesOf(newText)];
  const hunk = `@@ -${rangeOf(oldLines)} +${rangeOf(newLines)} @@`;
  const body = [...marked('-', oldLines, oldText), ...marked('+', newLines, newText)];
  return `${[`--- ${oldName}`, `+++ ${newName}`, hunk, ...body].join('\n')}\n`;
}

function linesOf(text: string): string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

const rangeOf = (lines: readonly string[]): string => `${lines.length === 0 ? 0 : 1},${lines.length}`;

function marked(sign: string, lines: readonly string[], text: string): string[] {
  const all = lines.map((line) => sign + line);
  return text === '' || text.endsWith('\n') ? all : [...all, '\\ No newline at end of file'];
}
