import { describe, expect, it } from '@jest/globals';
import { inBatches } from './in-batches.js';

/** A source that is pushed by hand. */
function pushed<T>() {
  const items: T[] = [];
  let wake = Promise.withResolvers<void>();
  let end: { readonly error?: Error } | undefined;
  let taken = 0;
  const ring = () => {
    wake.resolve();
    wake = Promise.withResolvers<void>();
  };
  async function* source(): AsyncGenerator<T> {
    for (;;) {
      const [next] = items.splice(0, 1);
      if (next !== undefined) {
        taken += 1;
        yield next;
      } else if (end?.error) throw end.error;
      else if (end) return;
      else await wake.promise;
    }
  }
  return {
    source: source(),
    taken: () => taken,
    push: (...more: readonly T[]) => {
      items.push(...more);
      ring();
    },
    end: (error?: Error) => {
      end = error ? { error } : {};
      ring();
    },
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('batches', () => {
  it('come at once when the consumer is idle, and gather while it is busy', async () => {
    const { source, push, end } = pushed<number>();
    const batches = inBatches(source, 10);
    push(1);
    expect((await batches.next()).value).toEqual([1]);
    push(2, 3, 4);
    await settled();
    expect((await batches.next()).value).toEqual([2, 3, 4]);
    end();
    expect((await batches.next()).done).toBe(true);
  });

  it('never hold more than the limit, nor read ahead of a consumer that does not come back', async () => {
    const { source, push, taken } = pushed<number>();
    const batches = inBatches(source, 3);
    push(...Array.from({ length: 50 }, (_, index) => index));
    expect((await batches.next()).value).toHaveLength(1);
    await settled();
    expect(taken()).toBeLessThanOrEqual(4);
    expect((await batches.next()).value).toEqual([1, 2, 3]);
  });

  it('hand over what came before a failure, and then the failure', async () => {
    const { source, push, end } = pushed<number>();
    const batches = inBatches(source, 10);
    push(1, 2);
    end(new Error('cut'));
    const seen: number[] = [];
    const reading = async () => {
      for await (const batch of batches) seen.push(...batch);
    };
    await expect(reading()).rejects.toThrow('cut');
    expect(seen).toEqual([1, 2]);
  });
});
