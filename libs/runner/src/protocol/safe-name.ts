const maxSegmentBytes = 255;
const maxNameBytes = 1024;
const maxDepth = 8;

/** Letters and digits of any script, and marks that mean nothing to a shell, a URL or a file system. */
const segmentForm = /^[\p{L}\p{N}_][\p{L}\p{N}\p{M} ._()+=@,-]*$/u;

/** Whether this can be the name of one file: no path, nothing odd. */
export function isSafeFileName(name: string): boolean {
  return (
    Buffer.byteLength(name) <= maxSegmentBytes &&
    segmentForm.test(name) &&
    !name.endsWith('.') &&
    !name.endsWith(' ') &&
    name === name.normalize('NFC')
  );
}

/** Whether this can be the name of an artifact: one to eight safe file names with slashes between. */
export function isSafeArtifactName(name: string): boolean {
  const segments = name.split('/');
  return (
    Buffer.byteLength(name) <= maxNameBytes && segments.length <= maxDepth && segments.every(isSafeFileName)
  );
}
