import { addBase } from './base-root.js';
import { addFileAt } from './image-root.js';
import type { ImageRoot } from './image-root.js';
import { addLinked, sharedLibrariesOf } from './shared-libraries.js';

/** A root with a Node of this machine (default: the one that runs this) as `/usr/local/bin/node`. */
export async function gatherNodeRoot(node: string = process.execPath): Promise<ImageRoot> {
  const root: ImageRoot = new Map();
  await addBase(root);
  await addFileAt(root, '/usr/local/bin/node', node);
  await addLinked(root, await sharedLibrariesOf([node]));
  return root;
}
