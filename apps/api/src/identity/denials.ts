import { type Denied, type Founding, storeDenied } from '@stemma/commands';
import type { Logger } from '@stemma/observability';
import { randomUUID } from 'node:crypto';
import type { Caller } from './caller.js';

/** One attempt of somebody with a credential at what he may not do. */
export interface Attempt {
  readonly caller: Pick<Caller, 'tenantId' | 'person' | 'keyId'>;
  readonly method: string;
  /** As declared: `/v1/scripts/:slug`. */
  readonly route: string;
  readonly code: string;
}

/**
 * Denied attempts, counted per actor and minute, and stored once the minute is over: whoever tries ten thousand times
 * writes one event. A process that is killed loses the minute it was in.
 */
export interface Denials {
  note(attempt: Attempt): void;
  /** Stores what is left. */
  close(): Promise<void>;
}

export interface DenialsOptions extends Founding {
  readonly logger: Logger;
  /** How often it is looked whether a minute is over. */
  readonly everyMs?: number;
}

interface Open {
  readonly tenantId: string;
  readonly person: string;
  readonly via: string;
  readonly minute: string;
  readonly kinds: Map<string, { method: string; route: string; code: string; count: number }>;
  count: number;
}

const MOST_KINDS = 20;
const MOST_OPEN = 10_000;

export function openDenials(options: DenialsOptions): Denials {
  const { clock, logger, everyMs = 1_000 } = options;
  const source = randomUUID();
  const open = new Map<string, Open>();
  const minuteNow = (): string => `${clock().toISOString().slice(0, 16)}:00.000Z`;
  const flush = async (isOver: (minute: string) => boolean): Promise<void> => {
    for (const [key, entry] of [...open].filter(([, { minute }]) => isOver(minute))) {
      try {
        await storeDenied(options, entry.tenantId, deniedOf(entry), source);
        open.delete(key);
      } catch (error) {
        logger.warn({ err: error }, 'denied attempts wait for the event store');
        return;
      }
    }
  };
  let flushing = Promise.resolve();
  const timer = setInterval(() => {
    const minute = minuteNow();
    flushing = flushing.then(() => flush((entry) => entry < minute));
  }, everyMs).unref();
  return {
    note: (attempt) => count(open, attempt, minuteNow(), logger),
    close: async () => {
      clearInterval(timer);
      await flushing;
      await flush(() => true);
    },
  };
}

function count(
  open: Map<string, Open>,
  { caller, method, route, code }: Attempt,
  minute: string,
  logger: Logger,
): void {
  const { tenantId, person, keyId: via } = caller;
  const key = JSON.stringify([tenantId, person, minute]);
  const entry: Open = open.get(key) ?? { tenantId, person, via, minute, kinds: new Map(), count: 0 };
  if (entry.count === 0 && open.size >= MOST_OPEN) {
    logger.error({ tenantId, person, route, code }, 'a denied attempt is not stored: too many wait already');
    return;
  }
  open.set(key, entry);
  entry.count += 1;
  const kind = `${code} ${method} ${route}`;
  const known = entry.kinds.get(kind);
  if (known) known.count += 1;
  else if (entry.kinds.size < MOST_KINDS) entry.kinds.set(kind, { method, route, code, count: 1 });
}

const deniedOf = ({ person, via, minute, count, kinds }: Open): Denied => ({
  person,
  via,
  minute,
  count,
  attempts: [...kinds.values()],
});
