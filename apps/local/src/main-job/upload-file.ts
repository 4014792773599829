import { problemOf } from '@stemma/client';
import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';

/** Where the API is, and the key of the one who sends. */
export interface Door {
  readonly baseUrl: string;
  readonly apiKey: string;
}

/** An input file as a request names it. */
export interface StoredFile {
  readonly name: string;
  readonly sha256: string;
}

/**
 * Stores the bytes of a file under its base name; the same bytes are stored once, however often they are sent.
 *
 * @throws ProblemError when the API refuses them
 */
export async function uploadFile(door: Door, file: string, signal: AbortSignal): Promise<StoredFile> {
  const response = await fetch(`${door.baseUrl}/v1/files`, {
    method: 'POST',
    headers: { authorization: `Bearer ${door.apiKey}`, 'content-type': 'application/octet-stream' },
    body: await openAsBlob(file),
    signal,
  });
  if (!response.ok) throw await problemOf(response);
  const { sha256 } = (await response.json()) as StoredFile;
  return { name: basename(file), sha256 };
}
