/** The newest position that any answer carried, so that a later query sees at least as much. */
export interface PositionMemory {
  get(): string | undefined;
  note(token: string | null): void;
  forget(): void;
}

export function positionMemory(first?: string): PositionMemory {
  let newest = first;
  return {
    get: () => newest,
    note: (token) => {
      if (token !== null && isNewer(token, newest)) newest = token;
    },
    forget: () => {
      newest = undefined;
    },
  };
}

/** Tokens are `<log>:<position>`. One of another log replaces the old one: the system was put on another log. */
function isNewer(token: string, known: string | undefined): boolean {
  const [log, position] = token.split(':');
  const [knownLog, knownPosition] = known?.split(':') ?? [];
  if (log !== knownLog || position === undefined || knownPosition === undefined) return true;
  return BigInt(position) > BigInt(knownPosition);
}
