/** Called for what healed itself and for what will be tried again: someone may look, nobody must act. */
export type Log = (message: string, details: Readonly<Record<string, unknown>>) => void;
