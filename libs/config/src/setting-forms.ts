import { z } from 'zod';

export const port = z
  .string()
  .regex(/^\d{1,5}$/, 'is not a port number')
  .transform(Number)
  .refine((value) => value <= 65_535, 'is above 65535');

export const bytes = z
  .string()
  .regex(/^\d{1,12}$/, 'is not a whole number of bytes')
  .transform(Number)
  .refine((value) => value >= 1024, 'is below 1024 bytes');

export const count = z
  .string()
  .regex(/^\d{1,6}$/, 'is not a whole number')
  .transform(Number)
  .refine((value) => value >= 1, 'is below 1');

/** `quota/seconds`, or null for `off`. */
export const quota = z
  .string()
  .regex(/^(off|[1-9]\d{0,8}\/[1-9]\d{0,4})$/, 'is neither off nor <requests>/<seconds>')
  .transform((value) => {
    if (value === 'off') return null;
    const [requests, seconds] = value.split('/');
    return { quota: Number(requests), windowSeconds: Number(seconds) };
  });

/** A connection string whose scheme is one of `schemes`; hosts in a comma-separated list are fine (clusters). */
export const connection = (...schemes: readonly string[]) =>
  z
    .string()
    .refine(
      (value) =>
        schemes.some((scheme) => value.startsWith(`${scheme}://`) && value.length > scheme.length + 3),
      `does not begin with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
    );

/** Origins as browsers send them (RFC 6454), with commas between them: no path, no wildcard, no default port. */
export const origins = z
  .string()
  .transform((value) => (value === '' ? [] : value.split(',').map((origin) => origin.trim())))
  .refine((list) => list.every(isOrigin), 'is not a list of origins like https://console.example.org');

function isOrigin(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/** `id:key,…`, each key base64 of 32 bytes, each id once. */
export const secretKeys = z
  .string()
  .regex(
    /^([A-Za-z0-9-]{1,40}:[A-Za-z0-9+/]{43}=(,|$))+$/,
    'is not of the form <id>:<base64 of 32 bytes>, with commas between several (openssl rand -base64 32)',
  )
  .transform((value) =>
    value.split(',').flatMap((part) => {
      const [id = '', key = ''] = part.split(':');
      return part === '' ? [] : [{ id, key }];
    }),
  )
  .refine((keys) => new Set(keys.map(({ id }) => id)).size === keys.length, 'names an id twice');

const runtimes = ['node', 'python', 'shell'] as const;

/** `node=2,python=1`: how many of each; what is not named is 0. */
export const sizes = z
  .string()
  .regex(/^((node|python|shell)=\d{1,2}(,|$))*$/, 'is not of the form node=1,python=1,shell=0')
  .transform((value) => {
    const named = new Map(value.split(',').map((part) => part.split('=') as [string, string]));
    return Object.fromEntries(runtimes.map((name) => [name, Number(named.get(name) ?? 0)])) as Readonly<
      Record<(typeof runtimes)[number], number>
    >;
  });
