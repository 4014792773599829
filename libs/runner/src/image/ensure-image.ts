import type Docker from 'dockerode';
import { RunnerFault } from '../runner-fault.js';
import { digestOf } from './digest-of.js';
import { hashRoot } from './image-hash.js';
import type { ImageRoot } from './image-root.js';
import { gatherNodeRoot } from './node-root.js';
import { rememberFor } from './remember-for.js';
import { packRoot } from './pack-root.js';
import { gatherPythonRoot } from './python-root.js';
import { removeOldImages } from './remove-old-images.js';
import { imageTagOf } from './runner-image.js';
import type { ImageName } from './runner-image.js';

/** Which programs of this machine go into the images; by default the running Node and the system's Python. */
export interface HostPrograms {
  readonly node?: string;
  readonly python?: string;
}

/** Several runners of one process ask at the same time, each for itself. */
const GATHERED_MS = 60_000;
const gatherNode = rememberFor(GATHERED_MS, gatherNodeRoot);
const gatherPython = rememberFor(GATHERED_MS, gatherPythonRoot);

const gather: Readonly<Record<ImageName, (programs: HostPrograms) => Promise<ImageRoot>>> = {
  node: ({ node = process.execPath }) => gatherNode(node),
  python: ({ python }) => gatherPython(python),
};

/**
 * The digest of an image made of this machine's own files, imported only when no image with the same content is there.
 * Needs no registry. Rejects with a `RunnerFault` (`image-unavailable`) that says what is missing.
 */
export async function ensureHostImage(
  docker: Docker,
  name: ImageName,
  programs: HostPrograms = {},
): Promise<string> {
  const root = await gather[name](programs).catch((error: unknown) => {
    throw new RunnerFault(
      'image-unavailable',
      `The image for "${name}" cannot be made from this machine: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  });
  const tag = imageTagOf(name, await hashRoot(root));
  const known = await digestOf(docker, tag);
  if (known !== null) return known;
  const made = await importRoot(docker, tag, root);
  await removeOldImages(docker, tag);
  return made;
}

async function importRoot(docker: Docker, tag: string, root: ImageRoot): Promise<string> {
  const [repo, version] = tag.split(':');
  const progress: NodeJS.ReadableStream = await docker.importImage(packRoot(root), { repo, tag: version });
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(progress, (error) => (error ? reject(error) : resolve()));
  });
  const digest = await digestOf(docker, tag);
  if (digest !== null) return digest;
  throw new RunnerFault(
    'image-unavailable',
    `The engine imported ${tag} but does not have it: is its disk full?`,
  );
}
