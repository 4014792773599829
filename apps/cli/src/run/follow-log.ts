import { setTimeout as pause } from 'node:timers/promises';
import { exitCodes } from '../exit-codes.js';
import { Failure } from '../failure.js';
import { notOurs } from '../session/call-failure.js';
import { fetchBytes } from '../session/fetch-bytes.js';
import type { ApiOptions } from '../session/open-api.js';
import { readEventStream } from './read-event-stream.js';

export interface LogLine {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly level: string;
  readonly stream: string;
  readonly message: string;
}

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;
/** Attempts to come back in a row, before the connection counts as lost. */
const PATIENCE = 12;

interface Progress {
  /** The id of the last line that was seen. */
  lastId: string | undefined;
  /** Whether the API ever answered: one that is not there from the start is not waited for. */
  connected: boolean;
  ended: boolean;
}

function lineOf(data: string, { address }: ApiOptions): LogLine {
  try {
    return JSON.parse(data) as LogLine;
  } catch {
    throw notOurs(address.url, 'a log line without JSON');
  }
}

async function* linesOnce(options: ApiOptions, runId: string, progress: Progress): AsyncGenerator<LogLine> {
  const headers = {
    accept: 'text/event-stream',
    ...(progress.lastId !== undefined && { 'last-event-id': progress.lastId }),
  };
  const { body } = await fetchBytes(options, { path: `/v1/runs/${encodeURIComponent(runId)}/logs`, headers });
  progress.connected = true;
  if (body === null) return;
  for await (const { id, event, data } of readEventStream(body.pipeThrough(new TextDecoderStream()))) {
    progress.ended = event === 'end';
    if (progress.ended) return;
    yield lineOf(data, options);
    progress.lastId = id;
  }
}

/** A stream that breaks off is a plain error of the platform; a refusal is a failure that stays. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof Failure)) return true;
  return error.exitCode === exitCodes.unavailable && error.problem.code !== 'not-the-api';
}

/**
 * The lines of a run as they are written, until it ends. A connection that is lost is taken up again after the last line.
 *
 * @throws Failure when the API refuses, or stays away
 */
export async function* followLog(options: ApiOptions, runId: string): AsyncGenerator<LogLine> {
  const progress: Progress = { lastId: undefined, connected: false, ended: false };
  const { signal } = options;
  for (let failures = 0; ;) {
    const before = progress.lastId;
    try {
      yield* linesOnce(options, runId, progress);
      if (progress.ended) return;
    } catch (error) {
      const hopeless = !progress.connected || failures >= PATIENCE;
      if (signal.aborted || hopeless || !isPassing(error)) throw error;
    }
    failures = progress.lastId === before ? failures + 1 : 0;
    await pause(Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS), undefined, { signal });
  }
}
