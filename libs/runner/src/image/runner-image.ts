import type { Runtime } from '../run-spec.js';

/** The images that there are; `shell` runs in the one of Node, whose harness leads it. */
export const imageNames = ['node', 'python'] as const;
export type ImageName = (typeof imageNames)[number];

export const imageOfRuntime: Readonly<Record<Runtime, ImageName>> = Object.freeze({
  node: 'node',
  python: 'python',
  shell: 'node',
});

export function imageTagOf(name: ImageName, hash: string): string {
  return `stemma-runner/${name}:${hash.slice(0, 24)}`;
}
