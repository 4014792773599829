import { harnessHome } from '../image/harness-files.js';
import type { RunLimits } from '../run-limits.js';
import type { Runtime } from '../run-spec.js';

/** Node's heap takes this part of the memory at most: the rest is for buffers, threads and the tmpfs. */
const heapShare = 0.75;

function nodeCommand(harness: string, { memoryMb }: RunLimits): readonly string[] {
  return [
    '/usr/local/bin/node',
    `--max-old-space-size=${Math.floor(memoryMb * heapShare)}`,
    '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
    `${harnessHome}/${harness}`,
  ];
}

const harnessOf: Readonly<Record<Runtime, (limits: RunLimits) => readonly string[]>> = {
  node: (limits) => nodeCommand('node-harness.cjs', limits),
  shell: (limits) => nodeCommand('shell-harness.cjs', limits),
  python: () => ['/usr/local/bin/python3', '-I', '-B', '-X', 'utf8', `${harnessHome}/python_harness.py`],
};

/**
 * What a container starts. `lifeMs` is the dead-man's timer: whatever happens to the worker, the container ends by
 * itself after that. A `warm` one first loads what scripts will need.
 */
export function harnessCommand(
  runtime: Runtime,
  limits: RunLimits,
  { lifeMs, warm }: { readonly lifeMs: number; readonly warm: boolean },
): readonly string[] {
  const seconds = Math.ceil(lifeMs / 1000);
  const command = ['/bin/sh', `${harnessHome}/launch.sh`, String(seconds), ...harnessOf[runtime](limits)];
  return warm ? [...command, 'warm'] : command;
}
