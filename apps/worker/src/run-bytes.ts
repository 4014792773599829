import { type Content } from '@stemma/commands';
import { Readable } from 'node:stream';
import { BlobFault, blobKeyOf, type BlobStore } from '@stemma/blob-store';
import type { RunOutcome, RunOutput, RunReason, RunRequested } from '@stemma/domain/events';
import type { RunJob } from '@stemma/queue';
import {
  type ArtifactSink,
  defaultLimits,
  type InputFile,
  type Json,
  type RunOutcome as Ran,
  type RunSpec,
} from '@stemma/runner';
import type { RunLog } from './run-log.js';

type Request = RunRequested['data'];

/** Larger outputs stand in the blob store and not in the event. */
const INLINE_BYTES = 16 * 1024;

/** The input as JSON, in a box, for it may be `null`; undefined when it or a file is gone. */
export async function readInput(
  blobs: BlobStore,
  { input, files }: Request,
): Promise<{ readonly value: unknown } | undefined> {
  const found = await Promise.all(files.map(({ sha256 }) => blobs.stat(blobKeyOf(sha256))));
  if (found.includes(null)) return undefined;
  try {
    return { value: JSON.parse((await blobs.bytes(blobKeyOf(input.sha256))).toString()) as unknown };
  } catch (error) {
    if (error instanceof BlobFault) return undefined;
    throw error;
  }
}

/** What the runner needs to know of an attempt. */
export function runSpec(
  { runId, attempt }: RunJob,
  request: Request,
  content: Content,
  input: unknown,
  blobs: BlobStore,
): RunSpec {
  return {
    runId,
    attempt,
    runtime: content.runtime,
    entrypoint: content.entrypoint,
    source: content.source,
    input: input as Json,
    files: request.files.map((file) => inputFile(blobs, file)),
    settings: content.settings ?? {},
    variables: content.settings?.variables ?? null,
    limits: { ...defaultLimits, ...request.limits },
    context: { scriptSlug: request.slug, versionNumber: request.number },
  };
}

function inputFile(blobs: BlobStore, { name, size, sha256 }: Request['files'][number]): InputFile {
  async function* bytes(): AsyncGenerator<Buffer> {
    yield* (await blobs.read(blobKeyOf(sha256))) as AsyncIterable<Buffer>;
  }
  return { name, size, open: () => Readable.from(bytes(), { objectMode: false }) };
}

/** Artifacts go to the tenant's blobs as they come. */
export const artifactSink = (blobs: BlobStore): ArtifactSink => ({ open: () => blobs.openWriter() });

/** Puts the log and a large output away, and says in the domain's words how the attempt ended. */
export async function storeOutcome(blobs: BlobStore, ran: Ran, log: RunLog): Promise<RunOutcome> {
  const { createMs, startMs, runMs } = ran.durations;
  return {
    status: ran.status,
    reason: reasonOf(ran),
    exitCode: ran.exitCode,
    output: ran.status === 'completed' ? await storeOutput(blobs, ran.output) : null,
    error: ran.error && { name: ran.error.name, message: ran.error.message },
    artifacts: ran.artifacts.map(({ name, size, sha256 }) => ({ name, size, sha256 })),
    log: await storeLog(blobs, ran, log),
    variables: Object.fromEntries(ran.variables.map(({ name, type, value }) => [name, { type, value }])),
    durations: { prepareMs: Math.round(createMs + startMs), runMs: Math.round(runMs) },
  };
}

const reasonOf = ({ reason }: Ran): RunReason => (reason === 'requested' ? 'cancel-requested' : reason);

async function storeOutput(blobs: BlobStore, output: Json): Promise<RunOutput> {
  const bytes = Buffer.from(JSON.stringify(output));
  if (bytes.length <= INLINE_BYTES) return { kind: 'inline', value: output };
  const { sha256, size } = await blobs.put(bytes);
  return { kind: 'blob', sha256, size };
}

async function storeLog(blobs: BlobStore, ran: Ran, log: RunLog): Promise<RunOutcome['log']> {
  if (log.lines === 0) return null;
  const { sha256, size } = await blobs.put(Buffer.from(log.text()));
  return { sha256, size, lines: log.lines, truncated: ran.reason === 'log-limit' };
}
