import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { refuse } from '../shared/rejections.js';
import { runTimeout, text, versionNumber } from '../shared/schemas.js';
import type { RunEvent, RunRequested } from './run.events.js';
import type { RunState } from './run.state.js';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a sha256 in lower-case hex');

/** A plain file name: what a script sees in its input directory. */
const fileName = text(120).regex(
  /^[A-Za-z0-9_][A-Za-z0-9._-]*$/,
  'must be a plain file name of A-Z a-z 0-9 . _ -',
);

const word = text(200).min(1);

export const requestRunSchema = z.strictObject({
  /** Production runs the active version; the sandbox any version that is named, else the newest. */
  context: z.enum(['production', 'sandbox']).default('production'),
  version: versionNumber.nullable().default(null),
  input: z.json().default({}),
  /** Uploaded before by POST /v1/files. */
  files: z
    .array(z.strictObject({ name: fileName, sha256 }))
    .max(20)
    .default([])
    .refine(
      (files) => new Set(files.map(({ name }) => name)).size === files.length,
      'two files have one name',
    ),
  /** What the run is about (R-D6), and what it works through: words of the caller, to find it by. */
  subject: z.strictObject({ schema: word, model: word, id: word }).nullable().default(null),
  connector: z.strictObject({ type: word, key: word }).nullable().default(null),
  /** Before what the version's settings say, which goes before the default of the context. */
  timeoutMs: runTimeout.nullable().default(null),
});

const MEBIBYTE = 1024 * 1024;

/** What a container takes in: the input as JSON text, and all files together. In bytes. */
const MOST = Object.freeze({ input: MEBIBYTE, files: 32 * MEBIBYTE });

/** Everything was looked up before: which version, which bytes, which limits. */
export type RequestRun = Command<'RequestRun', RunRequested['data']>;

export function requestRun(state: RunState, { data }: RequestRun): RunEvent[] {
  if (state.status !== 'none') refuse('run-exists', 'This run was requested before.');
  requireThatItFits(data);
  return [{ type: 'RunRequested', data }];
}

function requireThatItFits({ input, files }: RunRequested['data']): void {
  const together = files.reduce((sum, { size }) => sum + size, 0);
  if (input.size <= MOST.input && together <= MOST.files) return;
  refuse(
    'input-too-large',
    `The input may have ${MOST.input} bytes as JSON, and its files ${MOST.files} bytes together. Send less, or split the work.`,
    { inputBytes: input.size, filesBytes: together },
  );
}
