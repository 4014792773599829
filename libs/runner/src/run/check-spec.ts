import { isSafeFileName } from '../protocol/safe-name.js';
import type { RunLimits } from '../run-limits.js';
import { runtimes } from '../run-spec.js';
import type { RunSpec } from '../run-spec.js';
import { RunnerFault } from '../runner-fault.js';
import { isAttempt } from '../sandbox/container-name.js';

const functionName = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;
const mebibyte = 1024 * 1024;
/** What Docker asks for at least. */
const leastMemoryMb = 16;

/** Refuses, before anything is started, what the worker should not have asked for. Throws a `RunnerFault` (`spec-refused`). */
export function checkSpec(spec: RunSpec): void {
  const faults = [...faultsOfScript(spec), ...faultsOfLimits(spec.limits), ...faultsOfFiles(spec)];
  if (faults.length > 0)
    throw new RunnerFault('spec-refused', `This run cannot be done: ${faults.join('; ')}.`);
}

function* faultsOfScript({ runId, attempt, runtime, entrypoint, source }: RunSpec): Iterable<string> {
  if (!isAttempt({ runId, attempt }))
    yield 'runId must be 1 to 64 letters, digits and hyphens, attempt from 1';
  if (!runtimes.includes(runtime)) yield `runtime must be one of ${runtimes.join(', ')}`;
  if (!functionName.test(entrypoint)) yield 'entrypoint must be the name of a function';
  if (!source.isWellFormed() || source.includes('\0')) yield 'source must be well-formed text without NUL';
}

function* faultsOfLimits(limits: RunLimits): Iterable<string> {
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isSafeInteger(value) || value < 1) yield `limits.${name} must be a whole number above 0`;
  }
  if (limits.memoryMb < leastMemoryMb) yield `limits.memoryMb must be at least ${leastMemoryMb}`;
  if (limits.filesBytes > limits.tmpfsMb * mebibyte) yield 'limits.filesBytes must fit into limits.tmpfsMb';
}

function* faultsOfFiles({ files, limits }: RunSpec): Iterable<string> {
  const names = new Set(files.map(({ name }) => name));
  if (names.size < files.length) yield 'two files have one name';
  for (const { name, size } of files) {
    if (!isSafeFileName(name)) yield `the file name ${JSON.stringify(name.slice(0, 100))} is not safe`;
    if (!Number.isSafeInteger(size) || size < 0) yield 'a file has no size';
  }
  const total = files.reduce((sum, { size }) => sum + size, 0);
  if (total > limits.filesBytes)
    yield `the files have ${total} bytes, at most ${limits.filesBytes} are allowed`;
}
