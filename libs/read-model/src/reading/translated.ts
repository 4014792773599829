import { isConnectionFailure, isMissingView } from '../database/failures.js';
import { NotYetVisible, ReadModelUnavailable } from './errors.js';

/** Throws what an error of Postgres means to who reads: what heals by itself is told apart from what does not. */
export function translated(error: unknown): never {
  if (isMissingView(error))
    throw new NotYetVisible('The read model is being built. Try again in a second.', 1, []);
  if (isConnectionFailure(error)) {
    throw new ReadModelUnavailable('The read model cannot be reached. Try again in a second.', {
      cause: error,
    });
  }
  throw error;
}
