import type { Json } from '../json.js';
import type { RunLimits } from '../run-limits.js';
import { createArtifactReader } from './artifact-reader.js';
import type { ArtifactReport } from './artifact-reader.js';
import { Breach } from './breach.js';
import type { Frame } from './frame.js';
import type { FrameCaps } from './frame-decoder.js';
import { createLogReader } from './log-reader.js';
import type { LogLine } from './log-reader.js';
import { readError, readResult } from './read-result.js';
import type { ReportedFailure } from './read-result.js';
import type { RunVariable } from '../run-outcome.js';
import type { RunSpec, Secrets } from '../run-spec.js';
import { createMask } from '../secrets/mask.js';
import { createVariableReader } from './variable-reader.js';

export type Report =
  | { readonly kind: 'log'; readonly line: LogLine }
  | ArtifactReport
  | { readonly kind: 'variable'; readonly variable: RunVariable }
  | { readonly kind: 'result'; readonly output: Json }
  | ({ readonly kind: 'failure' } & ReportedFailure);

/** What a container may send about one script, once the script is in it. */
export interface Conversation {
  /** Throws a `Breach` for what breaks a rule or a cap. */
  accept(frame: Frame): readonly Report[];
  /** Bytes that were printed past the harness. */
  printed(bytes: Buffer): readonly Report[];
  /** The container is gone: what is left to say. */
  end(): readonly Report[];
}

/** What a container may send before it has its script. */
export const bootFrameCaps: FrameCaps = Object.freeze({ ready: 1024, pong: 64 });

const piece = 256 * 1024;

/** What it may send after. */
export function runFrameCaps(limits: Pick<RunLimits, 'outputBytes'>): FrameCaps {
  return {
    stdout: piece,
    stderr: piece,
    log: piece,
    artifact: 8 * 1024,
    artifactBytes: piece + 4,
    artifactEnd: 4,
    artifactDrop: 4,
    result: limits.outputBytes,
    error: piece,
    variable: piece,
  };
}

/** The rules of the conversation: any number of logs and artifacts, then exactly one result or error, then nothing. */
export function createConversation({
  limits,
  variables: declared,
  secrets,
}: Pick<RunSpec, 'limits' | 'variables'> & { readonly secrets: Secrets }): Conversation {
  const mask = createMask(Object.values(secrets));
  const logs = createLogReader(limits, mask);
  const variables = createVariableReader(declared, mask);
  const artifacts = createArtifactReader(limits, mask);
  let over = false;

  const lines = (found: readonly LogLine[]): readonly Report[] =>
    found.map((line) => ({ kind: 'log', line }));

  function last(report: Report): readonly Report[] {
    over = true;
    return [report];
  }

  function failure(payload: Buffer): readonly Report[] {
    const told = readError(payload, mask);
    const { stack } = told.error;
    return [...lines(stack === undefined ? [] : logs.traced(stack)), ...last({ kind: 'failure', ...told })];
  }

  function accept({ name, payload }: Frame): readonly Report[] {
    if (over)
      throw new Breach('protocol-violation', `The container sent a frame "${name}" after its result.`);
    switch (name) {
      case 'stdout':
      case 'stderr':
        return lines(logs.printed(name, payload));
      case 'log':
        return lines(logs.said(payload));
      case 'artifact':
        return [artifacts.open(payload)];
      case 'artifactBytes':
        return [artifacts.bytes(payload)];
      case 'artifactEnd':
        return [artifacts.end(payload)];
      case 'artifactDrop':
        return [artifacts.drop(payload)];
      case 'result':
        return last({ kind: 'result', output: mask.json(readResult(payload)) });
      case 'variable': {
        const { value, ...variable } = variables(payload);
        return [{ kind: 'variable', variable: { ...variable, value: mask.json(value) } }];
      }
      case 'error':
        return failure(payload);
      default:
        throw new Breach(
          'protocol-violation',
          `The container sent a frame "${name}", which is not its to send now.`,
        );
    }
  }

  return {
    accept,
    printed: (bytes) => lines(logs.printed('stderr', bytes)),
    end: () => lines(logs.end()),
  };
}
