import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from './event-store.js';
import { composeUpcasters, type Upcaster } from './upcasters.js';

const recorded = (type: string, data: object, metadata: object = {}): RecordedEvent => ({
  id: 'a1b2',
  stream: 'jar-1',
  revision: 0n,
  position: 10n,
  type,
  data,
  metadata,
  createdAt: new Date(0),
});

const shape = (type: string, version: number) => ({ type, version });
const step = (from: Upcaster['from'], to: Upcaster['to'], note: string): Upcaster => ({
  from,
  to,
  upcast: (data) => ({ ...data, [note]: true }),
});

describe('upcasters', () => {
  const renamed = step(shape('CoinAdded', 1), shape('CoinsAdded', 1), 'renamed');
  const widened = step(shape('CoinsAdded', 1), shape('CoinsAdded', 2), 'widened');
  const priced = step(shape('CoinsAdded', 2), shape('CoinsAdded', 3), 'priced');
  const upcast = composeUpcasters([priced, renamed, widened]);

  it('lead an old event through every shape to the newest one, by type and version', () => {
    expect(upcast(recorded('CoinAdded', { coins: 1 }))).toMatchObject({
      type: 'CoinsAdded',
      metadata: { schema: 3 },
      data: { coins: 1, renamed: true, widened: true, priced: true },
    });
    const second = recorded('CoinsAdded', { coins: 1 }, { schema: 2, actor: 'me' });
    expect(upcast(second)).toMatchObject({
      metadata: { schema: 3, actor: 'me' },
      data: { coins: 1, priced: true },
    });
  });

  it('leave the newest shape, other types and the place of an event as they are', () => {
    const newest = recorded('CoinsAdded', { coins: 1 }, { schema: 3 });
    const unknown = recorded('JarPainted', { colour: 'red' });
    expect(upcast(newest)).toBe(newest);
    expect(upcast(unknown)).toBe(unknown);
    expect(upcast(recorded('CoinAdded', {}))).toMatchObject({ id: 'a1b2', revision: 0n, position: 10n });
  });

  it('are refused when two begin at one shape, or when they lead in a circle', () => {
    expect(() => composeUpcasters([widened, widened])).toThrow('Two upcasters begin at CoinsAdded v1');
    const back = step(shape('CoinsAdded', 3), shape('CoinAdded', 1), 'back');
    expect(() => composeUpcasters([renamed, widened, priced, back])).toThrow('in a circle');
  });
});
