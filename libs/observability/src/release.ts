import { readFileSync } from 'node:fs';

interface Package {
  readonly version: string;
}

/** Which build this is, as events name it: all packages have one version. */
export const RELEASE: string = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as Package
).version;
