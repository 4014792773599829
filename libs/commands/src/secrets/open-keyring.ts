import { type Config, ConfigError } from '@stemma/config';
import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { KEY_BYTES } from './cipher.js';
import { createKeyring, type Keyring, type MasterKey } from './keyring.js';

/** The file in the state directory that holds the master key of one machine. */
const SECRET_KEY_FILE = 'secret-key';

/**
 * The master keys of the settings, or else the one in the state directory, which is made (mode 0600) when it is not there.
 * Throws `ConfigError` in production without the setting, and when others may read the file.
 */
export async function openKeyring({
  secretKeys,
  environment,
  stateDir,
}: Pick<Config, 'secretKeys' | 'environment' | 'stateDir'>): Promise<Keyring> {
  const [first, ...rest] = secretKeys ?? [];
  if (first) return createKeyring([first, ...rest]);
  if (environment === 'production') {
    throw refusal(
      'is missing (STEMMA_ENV=production): make one with `openssl rand -base64 32`, the same for api and worker',
    );
  }
  return createKeyring([await keyOfMachine(path.join(stateDir, SECRET_KEY_FILE))]);
}

const refusal = (message: string) => new ConfigError([{ name: 'STEMMA_SECRET_KEYS', message }]);

/** Whoever comes first makes it: a file that is linked into place is whole, and never replaced. */
async function keyOfMachine(file: string): Promise<MasterKey> {
  const known = await readKey(file);
  if (known) return known;
  const own = `${file}.${randomUUID()}`;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(own, `machine-1:${randomBytes(KEY_BYTES).toString('base64')}\n`, {
    mode: 0o600,
    flag: 'wx',
  });
  try {
    await link(own, file);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(own, { force: true });
  }
  const made = await readKey(file);
  if (!made) throw refusal(`cannot be kept: ${file} is gone again`);
  return made;
}

async function readKey(file: string): Promise<MasterKey | undefined> {
  try {
    if (((await stat(file)).mode & 0o077) !== 0) throw refusal(`can be read by others: chmod 600 ${file}`);
    const [, id, key] = /^([A-Za-z0-9-]+):([A-Za-z0-9+/]{43}=)\s*$/.exec(await readFile(file, 'utf8')) ?? [];
    if (id !== undefined && key !== undefined) return { id, key };
    throw refusal(`is spoilt: ${file} holds no <id>:<base64 of 32 bytes>. Put the file of a backup there`);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

const hasCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;
