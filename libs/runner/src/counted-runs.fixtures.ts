import { openDirectoryBlobStore } from '@stemma/blob-store';
import { eventually, startDocker } from '@stemma/testing';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectDocker } from './engine/connect-docker.js';
import { addedTo, findTraces, type HostTraces, sharedMemory } from './host-traces.fixtures.js';
import type { RunLimits, Runner, Runtime } from './index.js';
import { type Run, runIn } from './runner.fixtures.js';

type Row = { readonly limits?: Partial<RunLimits>; readonly settings?: Record<string, string> };

/** Runs of a table, each with the host counted before and after it: a row that leaves anything fails. */
export interface CountedRuns {
  readonly run: (runtime: Runtime, source: string, more?: Row) => Promise<Run>;
  /** How many containers there have been. */
  readonly count: () => number;
  /** The same for all of them together, and that the machine holds no more shared memory than a few specs would. */
  readonly expectNothingLeft: () => Promise<void>;
}

/** The engine removes a container before it has forgotten its last file. */
const SETTLED_MS = 10_000;
/** Bytes. The rows fill far more than that; Postgres and Redis of other specs hold less. */
const MOST_MEMORY = 256e6;

export async function countRuns(runner: Runner): Promise<CountedRuns> {
  const before = await findTraces([]);
  const memoryBefore = sharedMemory();
  const all = new Set<string>();
  let containers = 0;
  return {
    run: async (runtime, source, more = {}) => {
      const before = await findTraces([]);
      const marks: string[] = [];
      const store = await openStore();
      const onStarted = async ({ containerId }: { readonly containerId: string }): Promise<void> => {
        marks.push(containerId, ...(await layersOf(containerId)));
        containers += 1;
      };
      try {
        const ran = await runIn(runner, { runtime, source, ...more }, { onStarted, sink: store.sink });
        await eventually(() => left(before, marks), isNothing, SETTLED_MS);
        await eventually(store.halfWritten, isNothing, SETTLED_MS);
        return ran;
      } finally {
        marks.forEach((mark) => all.add(mark));
        await store.remove();
      }
    },
    count: () => containers,
    expectNothingLeft: async () => {
      await eventually(() => left(before, [...all]), isNothing, SETTLED_MS);
      await eventually(() => runner.listContainers(), isNothing, SETTLED_MS);
      await eventually(
        () => sharedMemory() - memoryBefore,
        (grown) => grown < MOST_MEMORY,
        SETTLED_MS,
      );
    },
  };
}

const left = async (before: HostTraces, marks: readonly string[]): Promise<Partial<HostTraces>> =>
  addedTo(before, await findTraces(marks));

const isNothing = (found: object): boolean => Object.keys(found).length === 0;

/** The directories of its file system, where this engine's storage has such. */
async function layersOf(containerId: string): Promise<readonly string[]> {
  const { host } = await startDocker();
  const { GraphDriver } = await connectDocker(host).getContainer(containerId).inspect();
  const upper: unknown = (GraphDriver as { Data?: Record<string, string> } | null)?.Data?.['UpperDir'];
  return typeof upper === 'string' ? [path.basename(path.dirname(upper))] : [];
}

/** Where workers keep artifacts: what is refused or cut off must not stay there half. */
async function openStore() {
  const directory = await mkdtemp(path.join(tmpdir(), 'stemma-row-'));
  const store = await openDirectoryBlobStore(directory);
  return {
    sink: { open: () => store.openWriter() },
    halfWritten: () => readdir(path.join(directory, 'incoming')),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
