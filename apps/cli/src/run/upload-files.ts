import { fileAnswer } from '@stemma/contracts';
import { openAsBlob } from 'node:fs';
import path from 'node:path';
import { reasonOf, usageFailure } from '../failure.js';
import { notOurs } from '../session/call-failure.js';
import { fetchBytes } from '../session/fetch-bytes.js';
import type { Session } from '../session/open-session.js';
import { faultOf } from '../session/read-as.js';

export interface UploadedFile {
  readonly name: string;
  readonly sha256: string;
}

async function open(file: string, cwd: string): Promise<Blob> {
  try {
    return await openAsBlob(path.resolve(cwd, file));
  } catch (error) {
    throw usageFailure(`${file} cannot be read: ${reasonOf(error)}.`);
  }
}

/** The bytes go from the disk to the API without being held here. */
async function upload({ apiOptions }: Session, name: string, body: Blob): Promise<UploadedFile> {
  const headers = { 'content-type': 'application/octet-stream' };
  const response = await fetchBytes(apiOptions, { method: 'POST', path: '/v1/files', headers, body });
  const answer: unknown = await response.json().catch(() => undefined);
  const fault = faultOf(fileAnswer, answer);
  if (fault !== undefined) throw notOurs(apiOptions.address.url, fault);
  return { name, sha256: (answer as UploadedFile).sha256 };
}

/**
 * Uploads files under their base names; all are opened before the first byte is sent.
 *
 * @throws Failure when one cannot be read, or is refused
 */
export async function uploadFiles(
  session: Session,
  files: readonly string[],
): Promise<readonly UploadedFile[]> {
  const opened = await Promise.all(
    files.map(async (file) => ({ name: path.basename(file), blob: await open(file, session.world.cwd) })),
  );
  const uploaded: UploadedFile[] = [];
  for (const { name, blob } of opened) uploaded.push(await upload(session, name, blob));
  return uploaded;
}
