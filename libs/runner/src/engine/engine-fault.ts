import { RunnerFault } from '../runner-fault.js';

const away = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EACCES',
  'EHOSTUNREACH',
  'ENOTFOUND',
]);

interface EngineError {
  readonly code?: string;
  readonly statusCode?: number;
  readonly json?: unknown;
}

/** The HTTP status of the engine's answer; null when there was none. */
export function statusOf(error: unknown): number | null {
  return (error as EngineError).statusCode ?? null;
}

/** What the engine said or did not say, as a `RunnerFault`. */
export function toEngineFault(what: string, error: unknown): RunnerFault {
  if (error instanceof RunnerFault) return error;
  const { code = '', statusCode } = error as EngineError;
  const said = error instanceof Error ? error.message : String(error);
  if (statusCode === undefined || away.has(code)) {
    return new RunnerFault('engine-unreachable', `The container engine is away (${what}: ${said}).`, {
      cause: error,
    });
  }
  return new RunnerFault('engine-unfit', `The container engine refused (${what}): ${said}`, { cause: error });
}
