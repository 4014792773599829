import type { ScriptDetails } from '@stemma/domain/events';
import { rowGroup, type RowKey, type RowOf, type Rows } from '@stemma/read-model';
import { termRows } from './scripts.tables.js';

export type TermField = RowOf<typeof termRows>['field'];

/** So many terms are kept of a script: all labels, intents and languages (150 at most), then its first words. */
export const PLACES = 320;
const LONGEST_WORD = 64;

interface Term {
  readonly field: TermField;
  readonly term: string;
}

const shortened = (word: string): string =>
  word.length <= LONGEST_WORD ? word : [...word].slice(0, LONGEST_WORD).join('');

/** The words of a text as they are searched for: lower case, without what is neither letter nor digit. */
export function wordsOf(text: string): readonly string[] {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return [...new Set(words.map(shortened))];
}

/** What a script of this slug and these details is found by, each once. */
export function termsOf(slug: string, details: ScriptDetails): readonly Term[] {
  const { name, description, labels, intents = [], languageCodes = [] } = details;
  const of = (field: TermField, terms: readonly string[]) =>
    [...new Set(terms)].map((term): Term => ({ field, term }));
  const words = wordsOf([slug, name, ...labels, description].join(' '));
  const named = [...of('label', labels), ...of('intent', intents), ...of('language', languageCodes)];
  return [...named, ...of('word', words)].slice(0, PLACES);
}

/** The rows that `putTerms` uses. */
export const touchesTerms = (scriptId: string): RowKey => rowGroup(termRows, { scriptId });

/** Whose terms they are. */
interface Owner {
  readonly tenantId: string;
  readonly scriptId: string;
}

/** Makes these the terms of the script. One that was there keeps its place: only what changed is written. */
export function putTerms(rows: Rows, { tenantId, scriptId }: Owner, terms: readonly Term[]): void {
  const wanted = new Map(terms.map((term) => [`${term.field} ${term.term}`, term]));
  const kept = new Set<number>();
  const gone = new Set<number>();
  for (const { field, term, place } of rows.all(termRows, { scriptId })) {
    (wanted.delete(`${field} ${term}`) ? kept : gone).add(place);
  }
  let place = -1;
  for (const term of wanted.values()) {
    do place += 1;
    while (kept.has(place));
    gone.delete(place);
    rows.put(termRows, { tenantId, scriptId, place, ...term });
  }
  for (const left of gone) rows.remove(termRows, { scriptId, place: left });
}
