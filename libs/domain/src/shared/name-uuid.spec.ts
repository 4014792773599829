import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { v5 } from 'uuid';
import { nameUuid } from './name-uuid.js';

describe('name-based uuids', () => {
  it('are those of RFC 9562', () => {
    const dns = nameUuid('6ba7b810-9dad-11d1-80b4-00c04fd430c8');
    expect(dns('www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
  });

  it('are those that another maker gives, whatever the name', () => {
    const names = fc.string({ unit: 'grapheme', maxLength: 1_500 });
    fc.assert(fc.property(fc.uuid(), names, (space, name) => nameUuid(space)(name) === v5(name, space)));
  });

  it('depend on the name alone, not on what was asked for before', () => {
    const make = nameUuid('6ba7b810-9dad-11d1-80b4-00c04fd430c8');
    const first = make('b');
    make('a much longer name than the one before it');
    make('é'.repeat(5_000));
    expect(make('b')).toBe(first);
  });
});
