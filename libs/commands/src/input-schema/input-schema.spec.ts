import { describe, expect, it } from '@jest/globals';
import { inputFaults, schemaFaults } from './input-schema.js';

const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: {
    year: { type: 'integer', minimum: 2000 },
    mail: { type: 'string', format: 'email' },
    tags: { type: 'array', items: { $ref: '#/$defs/tag' }, uniqueItems: true },
  },
  required: ['year'],
  additionalProperties: false,
  $defs: { tag: { type: 'string', pattern: '^[a-z]+$' } },
};

describe('the schema of an input', () => {
  it('tells the place of each fault', () => {
    expect(schemaFaults(schema)).toEqual([]);
    expect(inputFaults('a', schema, { year: 2026, mail: 'a@b', tags: ['x', 'y'] })).toEqual([]);
    const faults = inputFaults('a', schema, { year: 1, tags: ['x', 'X', 'x'], more: 1 });
    expect(faults.map(({ path }) => path).sort()).toEqual(['', '/tags', '/tags/1', '/year']);
    expect(faults.find(({ path }) => path === '')?.message).toContain('more');
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['an unknown keyword', { type: 'object', propertys: {} }],
    ['an unknown type', { type: 'text' }],
    ['an unknown format', { type: 'string', format: 'telephone' }],
    ['a pattern that is none', { type: 'string', pattern: '(' }],
    ['a pattern that looks back', { type: 'string', pattern: String.raw`(a)\1` }],
    ['a pattern that repeats repeats', { type: 'string', pattern: '((a{1000}){1000}){1000}' }],
    ['a pattern without end', { type: 'string', pattern: 'a'.repeat(501) }],
    ['another dialect', { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object' }],
    ['another document', { $ref: 'https://example.org/schema.json' }],
    ['a file', { $ref: 'file:///etc/passwd' }],
    ['a name of its own', { $id: 'https://example.org/x', type: 'object' }],
    ['a reference to nothing', { $ref: '#/$defs/none' }],
    ['a circle', { $ref: '#/$defs/a', $defs: { a: { anyOf: [{ $ref: '#/$defs/a' }] } } }],
    ['depth', JSON.parse(`${'{"not":'.repeat(30)}{}${'}'.repeat(30)}`) as Record<string, unknown>],
    ['size', { type: 'string', description: 'x'.repeat(70_000) }],
    ['many parts', { anyOf: Array.from({ length: 3_000 }, () => ({ type: 'string' })) }],
    [
      'references that multiply',
      {
        $ref: '#/$defs/d19',
        $defs: Object.fromEntries(
          Array.from({ length: 20 }, (_, index) => [
            `d${index}`,
            index === 0
              ? { type: 'string' }
              : { allOf: [{ $ref: `#/$defs/d${index - 1}` }, { $ref: `#/$defs/d${index - 1}` }] },
          ]),
        ),
      },
    ],
  ])('is refused with %s', (_what, hostile) => {
    expect(schemaFaults(hostile)).not.toEqual([]);
  });

  it('checks a pattern in time in proportion to the text, and a long list for doubles', () => {
    const evil = { type: 'string', pattern: '^(a|aa|a?)+$' };
    const doubles = { type: 'array', uniqueItems: true };
    const begun = performance.now();
    expect(inputFaults('evil', evil, `${'a'.repeat(20_000)}!`)).not.toEqual([]);
    expect(
      inputFaults(
        'doubles',
        doubles,
        Array.from({ length: 50_000 }, (_, n) => ({ n })),
      ),
    ).toEqual([]);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it('A3 has no way to change what objects are', () => {
    const odd = JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}') as object;
    schemaFaults(odd as Record<string, unknown>);
    inputFaults('odd', odd as Record<string, unknown>, JSON.parse('{"__proto__":{"polluted":true}}'));
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
