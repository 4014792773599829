import type { ImageName } from './runner-image.js';

export interface ImageCache {
  /** The digest of the image; made once, and again after a failure. */
  digestOf(name: ImageName): Promise<string>;
  /** The engine no longer has it. */
  forget(name: ImageName): void;
}

export function createImageCache(ensure: (name: ImageName) => Promise<string>): ImageCache {
  const digests = new Map<ImageName, Promise<string>>();
  return {
    digestOf: (name) => {
      const known = digests.get(name);
      if (known !== undefined) return known;
      const made = ensure(name);
      digests.set(name, made);
      made.catch(() => digests.delete(name));
      return made;
    },
    forget: (name) => void digests.delete(name),
  };
}
