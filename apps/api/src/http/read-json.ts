import { checkJsonShape, type JsonLimits, UnusableJson } from './json-shape.js';

const JSON_LIMITS: JsonLimits = Object.freeze({ depth: 400, parts: 100_000 });

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The JSON document in `bytes`; an empty body is an empty object, so that a command without fields needs none.
 * Throws `UnusableJson`, whatever the bytes are.
 */
export function readJson(bytes: Uint8Array, limits: JsonLimits = JSON_LIMITS): unknown {
  if (bytes.length === 0) return {};
  const text = decode(bytes);
  checkJsonShape(text, limits);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new UnusableJson(`is not JSON: ${withoutQuote(error)}`);
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new UnusableJson('is not UTF-8');
  }
}

/** V8 quotes the text it choked on; a body may hold what belongs in no answer and no log. */
const withoutQuote = (error: unknown): string =>
  (error instanceof Error ? error.message : 'it cannot be read').replace(/, ?(\.\.\.)?".*$/s, '');
