/**
 * Hands over what has gathered while the consumer was busy, at least one item and at most `limit` at a time, and reads
 * ahead by as much again. An error of the source comes after the items before it.
 */
export async function* inBatches<T>(source: AsyncIterable<T>, limit: number): AsyncGenerator<readonly T[]> {
  const gathered: T[] = [];
  let ended: { readonly error?: unknown } | undefined;
  let wakeReader = Promise.withResolvers<void>();
  let wakeConsumer = Promise.withResolvers<void>();
  const iterator = source[Symbol.asyncIterator]();

  const read = async () => {
    for (;;) {
      const next = await iterator.next();
      if (next.done) return;
      gathered.push(next.value);
      wakeConsumer.resolve();
      if (gathered.length < limit) continue;
      wakeReader = Promise.withResolvers<void>();
      await wakeReader.promise;
    }
  };
  void read()
    .then(
      () => ({}),
      (error: unknown) => ({ error }),
    )
    .then((end) => {
      ended = end;
      wakeConsumer.resolve();
    });

  try {
    for (;;) {
      if (gathered.length === 0 && !ended) await wakeConsumer.promise;
      wakeConsumer = Promise.withResolvers<void>();
      const batch = gathered.splice(0, limit);
      wakeReader.resolve();
      if (batch.length > 0) yield batch;
      else if (ended) break;
    }
    if (ended && 'error' in ended) throw ended.error;
  } finally {
    void iterator.return?.()?.catch(() => undefined);
  }
}
