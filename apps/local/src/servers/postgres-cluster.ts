import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ownDataDir } from './postgres-account.js';
import type { PostgresAccount } from './postgres-account.js';
import type { PostgresBinaries } from './postgres-binaries.js';

const run = promisify(execFile);
const major = '17';

/** A cluster on disk: its data directory and the passwords made for it, which never leave its 0700 directory. */
export interface PostgresCluster {
  readonly dataDir: string;
  readonly superuserPassword: string;
  readonly password: string;
}

interface Making {
  readonly dir: string;
  readonly binaries: PostgresBinaries;
  readonly account: PostgresAccount;
  /** False leaves out fsync: for data that nobody will miss. */
  readonly durable: boolean;
}

const newPassword = (): string => randomBytes(24).toString('base64url');

function readOrMake(file: string): string {
  if (!existsSync(file)) {
    writeFileSync(`${file}.new`, newPassword(), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  return readFileSync(file, 'utf8').trim();
}

/** initdb into a directory beside, then a rename: one that was interrupted leaves nothing half made. */
async function initialise(
  { dir, binaries, account, durable }: Making,
  dataDir: string,
  pwfile: string,
): Promise<void> {
  const fresh = `${dataDir}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  ownDataDir(fresh, account);
  // The builtin C.UTF-8 locale sorts by code point on every machine: what a list's order is does not depend on the host.
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const auth = ['--username=postgres', `--pwfile=${pwfile}`, '--auth=scram-sha-256'];
  const [file = '', ...args] = [
    ...account.prefix,
    binaries.initdb,
    '-D',
    fresh,
    ...locale,
    ...auth,
    '--data-checksums',
  ];
  await run(file, durable ? args : [...args, '--no-sync'], {
    cwd: dir,
    env: { ...process.env, LC_ALL: 'C' },
  });
  renameSync(fresh, dataDir);
}

function refuseOtherVersion(dataDir: string): void {
  const version = readFileSync(join(dataDir, 'PG_VERSION'), 'utf8').trim();
  if (version === major) return;
  throw new Error(
    `${dataDir} was made by PostgreSQL ${version}, this is ${major}. The read models can be rebuilt from the log: move that directory away and start again.`,
  );
}

/** The cluster in `dir`, made when there is none yet, owned by the account that will run it. */
export async function openCluster(making: Making): Promise<PostgresCluster> {
  const dataDir = join(making.dir, 'data');
  mkdirSync(making.dir, { recursive: true, mode: 0o700 });
  const superuserFile = join(making.dir, 'superuser-password');
  const superuserPassword = readOrMake(superuserFile);
  if (existsSync(join(dataDir, 'PG_VERSION'))) refuseOtherVersion(dataDir);
  else await initialise(making, dataDir, superuserFile);
  ownDataDir(dataDir, making.account);
  return { dataDir, superuserPassword, password: readOrMake(join(making.dir, 'password')) };
}
