import { execFile } from 'node:child_process';
import { chownSync, lstatSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** PostgreSQL refuses to run as root. An account is a way to be somebody else: what to put before the command. */
export interface PostgresAccount {
  readonly name: 'self' | 'user-namespace' | 'capability';
  readonly prefix: readonly string[];
  /** Who must own the data directory; undefined leaves it alone. */
  readonly owner?: { readonly uid: number; readonly gid: number };
}

/** The unprivileged account that every Unix has; PostgreSQL wants one with a name. */
function nobody(): { uid: number; gid: number } {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('nobody:'));
  const [, , uid = '65534', gid = '65534'] = line?.split(':') ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}

/** Root, seen as `nobody` from inside: nothing on disk changes hands, and a home of mode 0700 does not matter. */
function userNamespace(): PostgresAccount {
  const { uid, gid } = nobody();
  return {
    name: 'user-namespace',
    prefix: ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`],
    owner: { uid: 0, gid: 0 },
  };
}

/** Really `nobody`, with the one capability it takes to reach binaries and data below a home of mode 0700. */
function capability(name: string): PostgresAccount {
  const { uid, gid } = nobody();
  const caps = [`--inh-caps=-all,+${name}`, `--ambient-caps=-all,+${name}`];
  return {
    name: 'capability',
    prefix: ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...caps],
    owner: { uid, gid },
  };
}

async function works(account: PostgresAccount): Promise<boolean> {
  const [file = '', ...args] = [...account.prefix, 'true'];
  return run(file, args).then(
    () => true,
    () => false,
  );
}

/**
 * The first way to run PostgreSQL that this machine allows: as ourselves unless we are root, then in a user namespace,
 * then (in most containers, which refuse those) as `nobody` with a capability.
 *
 * @throws Error saying what to do when root is refused every way
 */
export async function postgresAccount(
  candidates: readonly PostgresAccount[] = rootAccounts(),
  isRoot = process.getuid?.() === 0,
): Promise<PostgresAccount> {
  if (!isRoot) return { name: 'self', prefix: [] };
  for (const account of candidates) if (await works(account)) return account;
  throw new Error(
    'PostgreSQL refuses to run as root, and this machine allows neither user namespaces (unshare) nor changing to another user (setpriv): run as an ordinary user, or set DATABASE_URL to a PostgreSQL 17 server.',
  );
}

/** The ways that root can run PostgreSQL, best first. */
export function rootAccounts(): readonly PostgresAccount[] {
  return [userNamespace(), capability('dac_read_search'), capability('dac_override')];
}

function giveTo(path: string, uid: number, gid: number): void {
  const stat = lstatSync(path);
  if (stat.isDirectory()) for (const entry of readdirSync(path)) giveTo(join(path, entry), uid, gid);
  chownSync(path, uid, gid);
}

/** Makes `dataDir` belong to the account; the directory itself last, so that an interrupted run is done again. */
export function ownDataDir(dataDir: string, account: PostgresAccount): void {
  if (account.owner === undefined || lstatSync(dataDir).uid === account.owner.uid) return;
  giveTo(dataDir, account.owner.uid, account.owner.gid);
}
