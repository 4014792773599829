import { readFileSync } from 'node:fs';
import path from 'node:path';
import { usageFailure } from '../failure.js';

/** Where the API is, and what said so: `from --url`. */
export interface ApiAddress {
  readonly url: string;
  readonly source: string;
}

interface Hints {
  /** `--url` */
  readonly flag: string | undefined;
  /** STEMMA_API_URL */
  readonly setting: string | undefined;
  readonly stateDir: string;
  /** STEMMA_PORT, or its default. */
  readonly port: number;
}

const ofOrigin = (text: string): string | undefined => {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return undefined;
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
};

function fromLocalStart(stateDir: string): ApiAddress | undefined {
  const file = path.join(stateDir, 'local.json');
  try {
    const { apiUrl } = JSON.parse(readFileSync(file, 'utf8')) as { readonly apiUrl?: unknown };
    const url = typeof apiUrl === 'string' ? ofOrigin(apiUrl) : undefined;
    return url === undefined ? undefined : { url, source: `from ${file}` };
  } catch {
    return undefined;
  }
}

/**
 * The API of `--url`, else of STEMMA_API_URL, else the one that `npm start` runs here, else where it usually is.
 *
 * @throws Failure when the given address is none
 */
export function findApiUrl({ flag, setting, stateDir, port }: Hints): ApiAddress {
  const given = flag ?? setting;
  if (given === undefined) {
    return fromLocalStart(stateDir) ?? { url: `http://127.0.0.1:${port}`, source: 'the default address' };
  }
  const url = ofOrigin(given);
  if (url !== undefined) return { url, source: flag === undefined ? 'from STEMMA_API_URL' : 'from --url' };
  throw usageFailure(`“${given}” is no address of an API: it looks like http://127.0.0.1:${port}.`);
}
