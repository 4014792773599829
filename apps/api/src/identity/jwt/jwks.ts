import type { Logger } from '@stemma/observability';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { Refused } from '../../http/refused.js';

export interface JwksOptions {
  readonly url: string;
  readonly logger: Logger;
  /** The issuer is asked once in this time, whoever shows whatever key id. */
  readonly coolDownMs?: number;
  /** Older keys are asked for again, while they go on. */
  readonly maxAgeMs?: number;
  /** Monotonic, in milliseconds. */
  readonly now?: () => number;
}

/**
 * The keys of an issuer, by their id. They go on while the issuer is away; an id that is not known asks for them again,
 * once per cool-down, and is no key when it is not there then. A key that the issuer withdraws counts until it is asked
 * again. Throws `Refused` (503) while they were never to be had.
 */
export function followJwks(options: JwksOptions): JWTVerifyGetKey {
  const { maxAgeMs = 600_000, now = () => performance.now() } = options;
  const known = openKnownKeys({ coolDownMs: 30_000, ...options, now });
  return async (header, token) => {
    if (typeof header.kid !== 'string' || header.kid === '') throw new errors.JWKSNoMatchingKey();
    if (!known.keys()) await known.refresh();
    else if (now() - known.since() > maxAgeMs) void known.refresh();
    const find = known.keys() ?? cannotTell();
    try {
      return await find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    }
    await known.refresh();
    return (known.keys() ?? find)(header, token);
  };
}

function cannotTell(): never {
  throw new Refused(
    'unavailable',
    'Tokens cannot be checked at the moment: the keys of their issuer are away.',
    {
      headers: { 'Retry-After': '1' },
    },
  );
}

function openKnownKeys({
  url,
  logger,
  coolDownMs,
  now,
}: JwksOptions & { readonly coolDownMs: number; readonly now: () => number }) {
  let keys: JWTVerifyGetKey | undefined;
  let since = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let underWay: Promise<void> | undefined;
  const ask = async (): Promise<void> => {
    try {
      keys = createLocalJWKSet(await fetchKeys(url));
      since = now();
    } catch (error) {
      logger.warn({ err: error }, 'the keys of the token issuer cannot be had; those that are known go on');
    } finally {
      underWay = undefined;
    }
  };
  return {
    keys: () => keys,
    since: () => since,
    /** Never fails: who asked looks at the keys again. */
    refresh(): Promise<void> {
      if (underWay) return underWay;
      if (now() - triedAt < coolDownMs) return Promise.resolve();
      triedAt = now();
      underWay = ask();
      return underWay;
    },
  };
}

const FETCH_MS = 3_000;
const MOST_BYTES = 256 * 1024;

async function fetchKeys(url: string): Promise<JSONWebKeySet> {
  const response = await fetch(url, {
    redirect: 'error',
    signal: AbortSignal.timeout(FETCH_MS),
    headers: { Accept: 'application/jwk-set+json, application/json' },
  });
  if (!response.ok) throw new Error(`the issuer answered ${response.status}`);
  return publicKeysOf(await readText(response));
}

async function readText(response: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > MOST_BYTES) throw new Error(`the issuer sent more than ${MOST_BYTES} bytes`);
  }
  return text;
}

/** Keys to verify signatures with; a secret one among them is none of ours. */
export function publicKeysOf(text: string): JSONWebKeySet {
  const { keys } = JSON.parse(text) as JSONWebKeySet;
  const usable = keys.filter(
    ({ kty, use, d }) => ['RSA', 'EC', 'OKP'].includes(String(kty)) && use !== 'enc' && d === undefined,
  );
  if (usable.length === 0) throw new Error('the issuer has no public key to verify with');
  return { keys: usable };
}
