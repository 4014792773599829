import { StreamDeletedError, WrongExpectedVersionError } from '@eventstore/db-client';
import { backOffMs, morePatient, pause } from './back-off.js';
import type { Connection } from './connection.js';
import { RevisionConflict, StoreUnavailable } from './errors.js';
import { within } from './silence.js';

interface DeleteParts {
  readonly connection: Connection;
  readonly patience: { readonly appendMs: number; readonly attemptMs: number };
}

/** `EventStore.deleteStream`: repeated at the same revision while the outcome is unknown, which changes nothing twice. */
export function deleting({ connection, patience }: DeleteParts) {
  return async (stream: string, expected: bigint): Promise<void> => {
    const until = performance.now() + patience.appendMs;
    for (let attempt = 0; ; attempt += 1) {
      const lease = await connection.lease();
      const patientMs = morePatient(patience.attemptMs, attempt);
      try {
        const call = lease.client.deleteStream(stream, { expectedRevision: expected, deadline: patientMs });
        await within(patientMs, call);
        connection.heard('read');
        return;
      } catch (error) {
        if (error instanceof StreamDeletedError) return;
        if (error instanceof WrongExpectedVersionError) {
          const { actualVersion: actual } = error;
          throw new RevisionConflict(stream, expected, typeof actual === 'bigint' ? actual : null);
        }
        connection.failed('read', lease, error);
        const wait = backOffMs(attempt);
        if (performance.now() + wait > until || connection.closed.aborted) {
          throw new StoreUnavailable(`delete ${stream}, outcome unknown`, error);
        }
        await pause(wait, connection.closed);
      }
    }
  };
}
