import { lstat, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/** One thing in the root file system of an image. `from` is a file of this machine. */
export type RootEntry =
  | { readonly kind: 'directory' }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'text'; readonly text: string; readonly mode: number }
  | {
      readonly kind: 'file';
      readonly from: string;
      readonly size: number;
      readonly mode: number;
      readonly mtime: Date;
    };

/** The root file system of an image while it is gathered, by absolute path. Every parent is in it before its children. */
export type ImageRoot = Map<string, RootEntry>;

/** Set-user-id and write permissions never enter an image. */
const safeMode = (mode: number): number => (mode & 0o111 ? 0o555 : 0o444);

export function addDirectory(root: ImageRoot, path: string): void {
  if (root.has(path)) return;
  if (path !== '/') addDirectory(root, dirname(path));
  root.set(path, { kind: 'directory' });
}

export function addText(root: ImageRoot, path: string, text: string, mode = 0o444): void {
  addDirectory(root, dirname(path));
  root.set(path, { kind: 'text', text, mode });
}

/** The directories `/bin`, `/lib` … that are links on a machine with a merged `/usr` are links in the image, too. */
export async function addMergedUsr(root: ImageRoot): Promise<void> {
  for (const path of ['/bin', '/sbin', '/lib', '/lib64']) {
    const found = await lstat(path).catch(() => null);
    if (found?.isSymbolicLink() !== true) continue;
    const target = await readlink(path);
    addDirectory(root, resolve('/', target));
    root.set(path, { kind: 'link', target });
  }
}

/**
 * A file of this machine under the same path; where that path is a link, the link and what it leads to. Answers the path
 * of the real file.
 */
export async function addHostFile(root: ImageRoot, path: string): Promise<string> {
  const place = join(await realpath(dirname(path)), basename(path));
  const real = await realpath(place);
  if (place !== real) {
    addDirectory(root, dirname(place));
    root.set(place, { kind: 'link', target: real });
  }
  await addFileAt(root, real, real);
  return real;
}

/** A file of this machine under another path. */
export async function addFileAt(root: ImageRoot, path: string, from: string): Promise<void> {
  if (root.has(path)) return;
  const { size, mode, mtime } = await stat(from);
  addDirectory(root, dirname(path));
  root.set(path, { kind: 'file', from, size, mode: safeMode(mode), mtime });
}

/** All files below a directory of this machine, except where `skip` says so (by name and by absolute path). */
export async function addHostTree(
  root: ImageRoot,
  directory: string,
  skip: (name: string, path: string) => boolean = () => false,
): Promise<readonly string[]> {
  const added: string[] = [];
  const entries = await readdir(directory, { withFileTypes: true });
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (skip(entry.name, path)) continue;
    if (entry.isDirectory()) added.push(...(await addHostTree(root, path, skip)));
    else if (await isReadableFile(path)) added.push(await addHostFile(root, path));
  }
  return added;
}

/** Dangling links and devices are left out. */
async function isReadableFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}
