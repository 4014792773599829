import type { Json } from '../json.js';

/** What stands where a secret stood. */
export const MASK = '***';

/** Shorter ones would blacken half of any log. */
const SHORTEST = 4;

/** Replaces secrets, also as base64, as hex, in a URL or in JSON, in whatever a script lets be seen. */
export interface Mask {
  text(text: string): string;
  json(value: Json): Json;
  /** For text that comes in pieces: a secret that was cut is held back until it is whole, or is none. */
  stream(): { push(bytes: Buffer): Buffer; end(): Buffer };
}

export function createMask(secrets: readonly string[]): Mask {
  const needles = [...new Set(secrets.filter((secret) => secret.length >= SHORTEST).flatMap(formsOf))].sort(
    (a, b) => b.length - a.length,
  );
  const text = (said: string): string => without(needles, said);
  return {
    text,
    json: (value) => (needles.length === 0 ? value : masked(value, text)),
    stream: () => streamOf(needles),
  };
}

const without = (needles: readonly string[], said: string): string =>
  needles.reduce((left, needle) => left.replaceAll(needle, MASK), said);

/** Base64 shows a text in three ways, by where it begins; what depends on its neighbours is left out. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const shifted = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const from = Math.ceil((shift * 8) / 6);
    return encoded.slice(from, Math.floor(((shift + bytes.length) * 8) / 6));
  });
  const inUrls = shifted.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'));
  const quoted = JSON.stringify(secret).slice(1, -1);
  const lines = secret.split(/\r?\n/).filter((line) => line.length >= SHORTEST * 2);
  const all = [
    secret,
    quoted,
    encodeURIComponent(secret),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    ...lines,
    ...shifted,
    ...inUrls,
  ];
  return all.filter((form) => form.length >= SHORTEST);
}

function masked(value: Json, text: (said: string) => string): Json {
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number') return text(String(value)) === String(value) ? value : MASK;
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => masked(item, text));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [text(key), masked(item, text)]));
}

/** On bytes as Latin-1, so that a character that was cut makes no difference. */
function streamOf(texts: readonly string[]): ReturnType<Mask['stream']> {
  const needles = texts.map((needle) => Buffer.from(needle).toString('latin1'));
  let held = '';
  return {
    push: (bytes) => {
      if (needles.length === 0) return bytes;
      const all = without(needles, held + bytes.toString('latin1'));
      const keep = Math.max(0, ...needles.map((needle) => overlap(all, needle)));
      held = all.slice(all.length - keep);
      return Buffer.from(all.slice(0, all.length - keep), 'latin1');
    },
    end: () => {
      const rest = Buffer.from(without(needles, held), 'latin1');
      held = '';
      return rest;
    },
  };
}

/** How much of the end of `text` may be the beginning of `needle`. */
function overlap(text: string, needle: string): number {
  for (let length = Math.min(text.length, needle.length - 1); length > 0; length -= 1) {
    if (text.endsWith(needle.slice(0, length))) return length;
  }
  return 0;
}
