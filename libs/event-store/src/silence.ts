/** The store said nothing for as long as one attempt may take. Whether the connection is dead is not known. */
export class Silence extends Error {
  override readonly name = 'Silence';

  constructor(ms: number) {
    super(`No answer in ${ms} ms.`);
  }
}

/** The outcome of `call`, or `Silence` when it takes longer than `ms`; the call itself goes on. */
export async function within<T>(ms: number, call: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Silence(ms)), ms);
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}
