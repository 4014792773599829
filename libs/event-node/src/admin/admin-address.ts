import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AdminPort } from './serve-admin.js';

/** Beside the log, as long as its node runs: where its admin port is. */
const FILE = 'admin-url';

/** Writes down the address of an admin port until it stops. */
export function announceAdmin(dir: string, admin: AdminPort): AdminPort {
  const file = join(dir, FILE);
  writeFileSync(file, `http://127.0.0.1:${admin.port}\n`, { mode: 0o600 });
  return {
    ...admin,
    stop: () => {
      rmSync(file, { force: true });
      return admin.stop();
    },
  };
}

/** The admin address of the node that runs on `dir`, or ran when it was killed; undefined when it said none. */
export function adminAddress(dir: string): string | undefined {
  try {
    return readFileSync(join(dir, FILE), 'utf8').trim();
  } catch {
    return undefined;
  }
}
