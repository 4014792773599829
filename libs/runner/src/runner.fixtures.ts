import { startDocker } from '@stemma/testing';
import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ArtifactSink } from './artifact-sink.js';
import type { InputFile, LogEntry, RunLimits, RunOutcome, RunSpec, Runner } from './index.js';
import { defaultLimits, openDockerRunner } from './index.js';
import type { DockerRunnerOptions } from './index.js';
import type { RunHooks } from './runner.js';

/** A runner on a real engine, with an installation of its own, so that specs see their own containers only. */
export async function openTestRunner(options: Partial<DockerRunnerOptions> = {}): Promise<Runner> {
  const { host } = await startDocker();
  return openDockerRunner({ dockerHost: host, installId: randomUUID(), workerId: 'worker-1', ...options });
}

export interface Run {
  readonly outcome: RunOutcome;
  readonly logs: readonly LogEntry[];
  readonly lines: readonly string[];
  readonly stored: ReadonlyMap<string, Buffer>;
}

type Wanted = Pick<RunSpec, 'runtime' | 'source'> &
  Partial<Omit<RunSpec, 'limits'>> & { readonly limits?: Partial<RunLimits> };

export function specOf({ limits, ...wanted }: Wanted): RunSpec {
  return {
    runId: randomUUID(),
    attempt: 1,
    entrypoint: 'run',
    input: {},
    files: [],
    settings: {},
    variables: null,
    context: { scriptSlug: 'a-script', versionNumber: 3 },
    ...wanted,
    limits: { ...defaultLimits, timeoutMs: 20_000, ...limits },
  };
}

/** Runs a script and keeps all that it said and wrote. */
export async function runIn(runner: Runner, wanted: Wanted, hooks: Partial<RunHooks> = {}): Promise<Run> {
  const logs: LogEntry[] = [];
  const stored = new Map<string, Buffer>();
  const outcome = await runner.run(specOf(wanted), {
    signal: new AbortController().signal,
    sink: memorySink(stored),
    onLog: (entry) => void logs.push(entry),
    onStarted: () => undefined,
    ...hooks,
  });
  return { outcome, logs, lines: logs.map(({ message }) => message), stored };
}

export function memorySink(stored: Map<string, Buffer>): ArtifactSink {
  return {
    open: (name) => {
      const pieces: Uint8Array[] = [];
      return Promise.resolve({
        write: (chunk) => Promise.resolve(void pieces.push(Uint8Array.from(chunk))),
        close: () => {
          const bytes = Buffer.concat(pieces);
          stored.set(name, bytes);
          return Promise.resolve({ size: bytes.length, sha256: sha256(bytes) });
        },
        abort: () => Promise.resolve(),
      });
    },
  };
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export function fileOf(name: string, content: string | Uint8Array): InputFile {
  const bytes = Buffer.from(content);
  return { name, size: bytes.length, open: () => Readable.from([bytes], { objectMode: false }) };
}
