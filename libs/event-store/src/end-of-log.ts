import type { Connection } from './connection.js';
import { readUntilEnd } from './read-until-end.js';
import { placeOf } from './recorded-event.js';
import type { Patience } from './until-end.js';

/** Reads the position of the last record of the log, a system event perhaps; `null` for an empty log. */
export function endOfLogReading({ connection, patience }: { connection: Connection; patience: Patience }) {
  return async (): Promise<bigint | null> => {
    const records = readUntilEnd(connection, patience, {
      stream: '$all',
      open: (client) => client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1 }),
    });
    for await (const record of records) return placeOf(record)?.position ?? null;
    return null;
  };
}
