import type Docker from 'dockerode';

/** Another release on the same engine may still use its own; what it loses it makes again. */
const keptForMs = 24 * 60 * 60 * 1000;

interface ImageFacts {
  readonly RepoTags?: readonly string[] | null | undefined;
  /** Seconds since 1970. */
  readonly Created: number;
}

/** The tags that an image with this tag has superseded: of the same name, and made more than a day ago. */
export function oldTags(images: readonly ImageFacts[], tag: string, now: number): readonly string[] {
  const name = tag.slice(0, tag.indexOf(':') + 1);
  return images
    .filter(({ Created }) => now - Created * 1000 > keptForMs)
    .flatMap(({ RepoTags }) => RepoTags ?? [])
    .filter((found) => found.startsWith(name) && found !== tag);
}

/** Removes what this image supersedes; one that a container still uses stays. */
export async function removeOldImages(docker: Docker, tag: string): Promise<void> {
  const images = await docker.listImages();
  await Promise.allSettled(oldTags(images, tag, Date.now()).map((old) => docker.getImage(old).remove()));
}
