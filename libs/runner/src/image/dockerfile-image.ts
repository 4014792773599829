import type Docker from 'dockerode';
import { join } from 'node:path';
import { RunnerFault } from '../runner-fault.js';
import { addUsers } from './base-root.js';
import { digestOf } from './digest-of.js';
import { harnessDirectory, harnessFiles, harnessHome } from './harness-files.js';
import { hashRoot } from './image-hash.js';
import { addFileAt, addText } from './image-root.js';
import type { ImageRoot } from './image-root.js';
import { packRoot } from './pack-root.js';
import { imageTagOf } from './runner-image.js';
import type { ImageName } from './runner-image.js';

/** The image to build on, for each of ours: one that the engine has, or may pull from a registry. */
export type BaseImages = Readonly<Record<ImageName, string>>;

/** Where a registry can be reached. Both have their program in /usr/local/bin, and the shell tools of Debian. */
export const officialBases: BaseImages = Object.freeze({
  node: 'node:24-bookworm-slim',
  python: 'python:3.13-slim-bookworm',
});

const reference = /^[a-z0-9][a-z0-9._/:@-]*$/;

const dockerfile = (base: string): string => `FROM ${base}\nCOPY etc /etc\nCOPY stemma ${harnessHome}\n`;

/** The files of a build, by their place in its context; the harness and the user are all that we add. */
async function gatherContext(base: string): Promise<ImageRoot> {
  const context: ImageRoot = new Map();
  addText(context, '/Dockerfile', dockerfile(base));
  addUsers(context);
  for (const name of harnessFiles) await addFileAt(context, `/stemma/${name}`, join(harnessDirectory, name));
  return context;
}

/**
 * The digest of an image built on `base`; built only when none with the same base and harness is there. Rejects with a
 * `RunnerFault` (`image-unavailable`) when the base cannot be had.
 */
export async function ensureDockerfileImage(docker: Docker, name: ImageName, base: string): Promise<string> {
  if (!reference.test(base))
    throw new RunnerFault('image-unavailable', `"${base}" is not the name of an image.`);
  const context = await gatherContext(base);
  const tag = imageTagOf(name, await hashRoot(context));
  return (await digestOf(docker, tag)) ?? (await build(docker, tag, context));
}

async function build(docker: Docker, tag: string, context: ImageRoot): Promise<string> {
  try {
    const progress = await docker.buildImage(packRoot(context), { t: tag, rm: true, forcerm: true });
    await new Promise<void>((resolve, reject) => {
      docker.modem.followProgress(progress, (error) => (error ? reject(error) : resolve()));
    });
    const digest = await digestOf(docker, tag);
    if (digest !== null) return digest;
  } catch (error) {
    throw cannotBuild(tag, error);
  }
  throw cannotBuild(tag, new Error('the engine has no image after the build'));
}

function cannotBuild(tag: string, error: unknown): RunnerFault {
  const said = error instanceof Error ? error.message : String(error);
  return new RunnerFault(
    'image-unavailable',
    `${tag} cannot be built: ${said}. Without a registry, let the images be made of this machine's own files.`,
    { cause: error },
  );
}
