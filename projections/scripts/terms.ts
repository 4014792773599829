import type { ScriptDetails } from '@stemma/domain/events';
import { type RowKey, rowKey, type RowOf, type Rows } from '@stemma/read-model';
import { termRows } from './scripts.tables.js';

export type TermField = RowOf<typeof termRows>['field'];

/** So many terms are kept of a script: all labels, intents and languages (150 at most), then its first words. */
export const PLACES = 320;
const LONGEST_WORD = 64;

interface Term {
  readonly field: TermField;
  readonly term: string;
}

/** The words of a text as they are searched for: lower case, without what is neither letter nor digit. */
export function wordsOf(text: string): readonly string[] {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return [...new Set(words.map((word) => [...word].slice(0, LONGEST_WORD).join('')))];
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

/** The rows that `putTerms` may use: as many places as there are terms, or all where others may stand already. */
export const touchesTerms = (scriptId: string, places = PLACES): readonly RowKey[] =>
  Array.from({ length: places }, (_, place) => rowKey(termRows, { scriptId, place }));

/** Whose terms they are, and how many places may be taken. */
interface Owner {
  readonly tenantId: string;
  readonly scriptId: string;
  readonly places: number;
}

/** Makes these the terms of the script. One that was there keeps its place: only what changed is written. */
export function putTerms(rows: Rows, owner: Owner, terms: readonly Term[]): void {
  const { tenantId, scriptId, places } = owner;
  const wanted = new Map(terms.map((term) => [`${term.field} ${term.term}`, term]));
  const free: number[] = [];
  for (let place = 0; place < places; place += 1) {
    const held = rows.get(termRows, { scriptId, place });
    if (!held || !wanted.delete(`${held.field} ${held.term}`)) free.push(place);
  }
  const added = [...wanted.values()];
  free.forEach((place, at) => {
    const term = added[at];
    if (term) rows.put(termRows, { tenantId, scriptId, place, ...term });
    else if (rows.get(termRows, { scriptId, place })) rows.remove(termRows, { scriptId, place });
  });
}
