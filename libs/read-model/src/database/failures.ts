const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

/** Classes 08 (connection) and 57P (shutdown), too many connections, no such database, and what sockets say. */
const CONNECTION = /^(08...|57P..|53300|3D000|ECONN[A-Z]+|EPIPE|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|EAI_AGAIN)$/;
const LOST =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** `true` when the server, not the statement, is the trouble: the same may work in a moment. */
export function isConnectionFailure(error: unknown): boolean {
  if (CONNECTION.test(codeOf(error))) return true;
  return error instanceof Error && LOST.test(error.message);
}

/** A view, schema or role that does not exist (yet). */
export const isMissingView = (error: unknown): boolean => ['42P01', '3F000', '22023'].includes(codeOf(error));

/** Classes 22 (data), 23 (constraints) and 54 (limits): the rows are the trouble, and will be the next time too. */
export const isDataFailure = (error: unknown): boolean => /^(22|23|54)...$/.test(codeOf(error));

/** A lock was not to be had in time, or not without a deadlock. */
export const isLockTimeout = (error: unknown): boolean => ['55P03', '40P01'].includes(codeOf(error));
