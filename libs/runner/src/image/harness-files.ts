import { fileURLToPath } from 'node:url';

/** The programs of ours that run inside the containers; the same place from `src` and from `dist`. */
export const harnessDirectory = fileURLToPath(new URL('../../harness/', import.meta.url));

/** Where they lie inside. */
export const harnessHome = '/stemma';

export const harnessFiles = [
  'launch.sh',
  'node-harness.cjs',
  'shell-harness.cjs',
  'frames.cjs',
  'python_harness.py',
] as const;
