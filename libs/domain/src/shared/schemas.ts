import { z } from 'zod';

/** Text of at most `max` UTF-16 units, in Unicode normal form C, without NUL (Postgres refuses it). */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !value.includes('\0'), 'must not contain NUL')
    .refine((value) => value.isWellFormed(), 'must be well-formed Unicode: it has a lone surrogate')
    .overwrite((value) => value.normalize('NFC'));

/** HAZARDS A6. Normalised first, so that `Ａ-1` and `a-1` are one name and not two. */
export const slug = z
  .string()
  .max(200)
  .overwrite((value) => value.normalize('NFKC').toLowerCase())
  .regex(
    /^[a-z0-9][a-z0-9-]{1,62}$/,
    'must be 2 to 63 characters of a-z, 0-9 and -, and begin with a letter or digit',
  );

export const label = text(100).min(1);

/** BCP 47, about: a language, and perhaps a script, a region, variants. */
export const languageCode = z
  .string()
  .max(35)
  .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, 'must be a language tag such as de or pt-BR');

/** As a script knows it: the key of `context.secrets`. */
export const secretName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,62}$/, 'must be a letter, then up to 62 of A-Z a-z 0-9 _ -');

/** How long a run may take, in milliseconds: up to ten minutes, whoever says it. */
export const runTimeout = z.int().min(100).max(600_000);

export const versionNumber = z.int().min(1).max(1_000_000);

/** The newest number the author knew; 0 before the first draft. */
export const baseNumber = z.int().min(0).max(1_000_000).nullable().default(null);

/** A person or service as events name it for ever: a handle, or the `sub` of a token. No names, no addresses. */
export const subject = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:|/-]{0,199}$/,
    'must be 1 to 200 of A-Z a-z 0-9 . _ : | / -, letter or digit first',
  );
