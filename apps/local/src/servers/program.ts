/** A program as it is started, and how it is asked to stop. */
export interface Program {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** What asks it to stop; after `stopWithinSeconds` it is killed. */
  readonly stopSignal: 'TERM' | 'INT';
  readonly stopWithinSeconds: number;
}

/** A program that serves something: where, and when it is ready to. */
export interface Server {
  readonly program: Program;
  /** Where to reach it; may hold a password. */
  readonly url: string;
  /** Resolves when the server answers; rejects with what is wrong when it has not by its deadline or `signal` aborts. */
  readonly ready: (signal?: AbortSignal) => Promise<void>;
  /** For a program that nobody can ask: the line by which it says that it is ready. */
  readonly saysReady?: (line: string) => boolean;
}
