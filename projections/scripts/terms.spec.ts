import { describe, expect, it } from '@jest/globals';
import type { ScriptDetails } from '@stemma/domain/events';
import { specifyProjection } from '@stemma/read-model';
import { created, did, scriptId, streamOf, tenantId } from './scripts.fixtures.js';
import { scripts } from './scripts.projection.js';
import { termRows } from './scripts.tables.js';
import { PLACES, termsOf, wordsOf } from './terms.js';

const details = (more: Partial<ScriptDetails>): ScriptDetails => ({
  name: 'Sales',
  description: '',
  labels: [],
  ...more,
});

const termsAfter = (...changes: readonly ScriptDetails[]) =>
  specifyProjection(scripts)
    .given({
      [streamOf(tenantId, scriptId)]: [
        did('ann', 0, created('sales', scriptId, ['csv'])),
        ...changes.map((changed) =>
          did('ann', 1, { type: 'ScriptDetailsChanged', data: { scriptId, details: changed } }),
        ),
      ],
    })
    .rows(termRows)
    .toSorted((a, b) => a.place - b.place)
    .map(({ place, field, term }) => `${place} ${field} ${term}`);

describe('what a script is found by', () => {
  it('is its labels, intents and languages as they are, and the words of all it says', () => {
    const told = termsOf('tidy-marks', {
      ...details({ name: 'Tidy Marks', description: 'Sorts ＭＡＲＫＳ, by class.', labels: ['School/Work'] }),
      intents: ['sort marks'],
      languageCodes: ['de-CH'],
    });
    expect(told.map(({ field, term }) => `${field} ${term}`)).toEqual([
      'label School/Work',
      'intent sort marks',
      'language de-CH',
      'word tidy',
      'word marks',
      'word school',
      'word work',
      'word sorts',
      'word by',
      'word class',
    ]);
  });

  it('has words in every script of the world, and none of what is no word', () => {
    expect(wordsOf('Ärger_über  2 München–Zürich! 数据 清洗 हिन्दी \u{1F600}')).toEqual([
      'ärger',
      'über',
      '2',
      'münchen',
      'zürich',
      '数据',
      '清洗',
      'हिन्दी',
    ]);
    expect(wordsOf('–!?')).toEqual([]);
    expect([...(wordsOf('x'.repeat(500))[0] ?? '')]).toHaveLength(64);
  });

  it('is bounded, however long the description', () => {
    const description = Array.from({ length: 5_000 }, (_, at) => `w${at}`).join(' ');
    const labels = Array.from({ length: 50 }, (_, at) => `l${at}`);
    const told = termsOf('a', details({ description, labels }));
    expect(told).toHaveLength(PLACES);
    expect(told.filter(({ field }) => field === 'label')).toHaveLength(50);
    expect(termsAfter(details({ description }))).toHaveLength(PLACES);
  });

  it('changes with the details: what stays keeps its place, what goes leaves it to what comes', () => {
    expect(termsAfter()).toEqual(['0 label csv', '1 word sales', '2 word csv', '3 word about']);
    expect(termsAfter(details({ description: 'about time', labels: ['csv'] }))).toEqual([
      '0 label csv',
      '1 word sales',
      '2 word csv',
      '3 word about',
      '4 word time',
    ]);
    expect(termsAfter(details({ description: 'about time' }))).toEqual([
      '0 word time',
      '1 word sales',
      '3 word about',
    ]);
    expect(termsAfter(details({ description: 'a b c' }), details({}))).toEqual(['1 word sales']);
  });
});
