import type { EventStoreDBClient, ResolvedEvent } from '@eventstore/db-client';
import type { Connection } from './connection.js';
import { ENDED, pull, SILENT, type Source } from './pull.js';
import { type Place, placeOf } from './recorded-event.js';
import { Silence } from './silence.js';
import { type Attempt, type Patience, untilEnd } from './until-end.js';

export type ClientRead = Source & { cancel(): Promise<void> };

interface Request {
  readonly stream: string;
  /** Opens a call that begins behind a record, at the start of the request when there is none yet. */
  readonly open: (client: EventStoreDBClient, behind: Place | undefined) => ClientRead;
  readonly signal?: AbortSignal | undefined;
}

/** The records of one request, each once and in order, over as many calls as it takes. */
export function readUntilEnd(
  connection: Connection,
  patience: Patience,
  { open, ...request }: Request,
): AsyncGenerator<ResolvedEvent> {
  let behind: Place | undefined;

  async function* once({ lease, interrupted, silentMs, came }: Attempt): AsyncGenerator<ResolvedEvent> {
    const call = open(lease.client, behind);
    const source = pull<ResolvedEvent>(call, interrupted);
    try {
      for (;;) {
        const next = await source.next(silentMs);
        if (next === SILENT) throw new Silence(silentMs);
        connection.heard('read');
        if (next === ENDED) return;
        const place = placeOf(next);
        // A call from a position is inclusive: the record it goes on from comes again.
        if (place !== undefined && place.position === behind?.position) continue;
        yield next;
        behind = place ?? behind;
        came();
      }
    } finally {
      source.done();
      void call.cancel().catch(() => undefined);
    }
  }

  return untilEnd(connection, patience, { ...request, once });
}
