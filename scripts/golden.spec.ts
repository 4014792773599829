import { describe, expect, it } from '@jest/globals';
import { upcasters } from '@stemma/domain/events';
import { composeUpcasters } from '@stemma/event-store';
import { fileOf, misfits, readGolden, readUnion } from './golden-events.mjs';

interface Golden {
  readonly type: string;
  readonly data: object;
  readonly metadata: object;
}

const golden: readonly { readonly file: string; readonly events: readonly Golden[] }[] = readGolden();
const known = new Set(golden.map(({ file }) => file));

const MEND =
  'A log out there holds events like this. Keep the field, make the new one optional, or add an upcaster to ' +
  'libs/domain/src/upcasters.ts (docs/adr/0012-golden-events.md). Never change a golden file that a release has written.';

function today({ type, data, metadata }: Golden): Golden {
  const place = { id: '', stream: '', revision: 0n, position: 0n, createdAt: new Date(0) };
  const { type: now, ...event } = composeUpcasters(upcasters)({
    ...place,
    type,
    data,
    metadata,
  });
  return { type: now, data: event.data, metadata: event.metadata };
}

const first = golden.flatMap(({ file, events }) => events.slice(0, 1).map((event) => ({ file, event })));
const planted = first.find(({ file }) => file === fileOf('DraftCreated'));

describe('golden events', () => {
  it('are there for every type of event; else run: npm run -s golden', () => {
    const missing = readUnion()
      .types.map((type) => fileOf(type))
      .filter((file) => !known.has(file));
    expect({ missing, mend: 'npm run -s golden' }).toEqual({ missing: [], mend: 'npm run -s golden' });
  });

  it('are, upcast, still events of today, field by field', () => {
    const events = golden.flatMap(({ file, events: all }) =>
      all.map((event) => ({ name: file, event: today(event) })),
    );
    expect({ misfits: misfits(events), mend: MEND }).toEqual({ misfits: [], mend: MEND });
  });

  it.each([
    ['a field that was removed since', { gone: 1 }, 'gone'],
    ['a field whose type has changed since', { number: 'one' }, 'number'],
    ['a field that is required since', { contentHash: undefined }, 'contentHash'],
  ])('that no longer fit are found: %s', (_, change, field) => {
    const { data, ...event } = planted?.event ?? { type: '', data: {}, metadata: {} };
    const [found] = misfits([{ name: 'planted', event: { ...event, data: { ...data, ...change } } }]);
    expect(found).toContain(field);
  });
});
