import { createHash, createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** One line of the manifest: whoever has the file can tell whether it is this one. */
async function describe(name, path) {
  const bytes = await readFile(path);
  return { name, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/**
 * Lists the files that it is given, and signs the list with HMAC-SHA256. The key is a secret: the run has it, and nobody
 * who reads of the run.
 */
export async function run(input, { files, secrets, log, writeArtifact, setVariable }) {
  const names = Object.keys(files).sort();
  const listed = await Promise.all(names.map((name) => describe(name, files[name])));
  const manifest = `${JSON.stringify({ files: listed }, null, 2)}\n`;
  log.info(`signing ${names.length} files with ${secrets.MANIFEST_KEY}`);
  const signature = createHmac('sha256', secrets.MANIFEST_KEY).update(manifest).digest('hex');
  await writeArtifact('manifest.json', manifest);
  await writeArtifact('manifest.json.hmac', `${signature}\n`);
  setVariable('files', names.length);
  return { files: names.length, signature };
}
