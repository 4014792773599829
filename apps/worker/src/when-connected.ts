/** What is asked of a connection: whether it is there, and to say when it is. */
export interface Connection {
  readonly status: string;
  once(event: 'ready', listener: () => void): unknown;
  off(event: 'ready', listener: () => void): unknown;
}

/** Resolves as soon as the connection is there, or after `withinMs` when it is not: never rejects. */
export function whenConnected(connection: Connection, withinMs: number): Promise<void> {
  if (connection.status === 'ready') return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      connection.off('ready', end);
      resolve();
    };
    const timer = setTimeout(end, withinMs);
    connection.once('ready', end);
  });
}
