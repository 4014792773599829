import type { Http2Session } from 'node:http2';

/** How often the other end of a connection is asked whether it is there, and how long it may take to answer. */
export interface KeepAlive {
  readonly everyMs: number;
  readonly timeoutMs: number;
}

/** Destroys a session whose other end has vanished without a word; its calls end with it. */
export function keepAlive(session: Http2Session, { everyMs, timeoutMs }: KeepAlive): void {
  let overdue: NodeJS.Timeout | undefined;
  const ask = (): void => {
    if (session.destroyed || overdue !== undefined) return;
    overdue = setTimeout(() => session.destroy(), timeoutMs);
    session.ping(() => {
      clearTimeout(overdue);
      overdue = undefined;
    });
  };
  const asking = setInterval(ask, everyMs).unref();
  session.once('close', () => {
    clearInterval(asking);
    clearTimeout(overdue);
  });
}
