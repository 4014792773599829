/** A place in one log. Positions of two logs cannot be compared, so a token names its log. */
export interface Position {
  readonly logId: string;
  readonly position: bigint;
}

const FORM = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):(0|[1-9][0-9]{0,18})$/;

/** `<logId>:<position>`, as HTTP headers carry it. */
export function formatToken({ logId, position }: Position): string {
  return `${logId}:${position}`;
}

/** `undefined` when the text is no token: only those that an answer carried are. */
export function parseToken(text: string): Position | undefined {
  const [, logId, position] = FORM.exec(text) ?? [];
  return logId === undefined || position === undefined ? undefined : { logId, position: BigInt(position) };
}
