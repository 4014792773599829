/** The parts of a stream's metadata that the node acts on; the rest is stored and given back as it came. */
export interface StreamMetadata {
  /** First readable revision; {@link DELETED_BEFORE} or more marks a deleted stream. */
  readonly truncateBefore: number;
  readonly maxCount: number;
  readonly maxAgeMs: number;
}

export const NO_METADATA: StreamMetadata = { truncateBefore: 0, maxCount: Infinity, maxAgeMs: Infinity };

/** `$tb` of a deleted stream is 2^63 - 1; as a JavaScript number that is 2^63. */
export const DELETED_BEFORE = 2 ** 63;

const METASTREAM = '$$';
export const metastreamOf = (stream: string): string => METASTREAM + stream;
export const isMetastream = (stream: string): boolean => stream.startsWith(METASTREAM);
export const originalOf = (metastream: string): string => metastream.slice(METASTREAM.length);

/** Reads the JSON of a `$metadata` event; what is not valid there counts as not set. */
export function parseStreamMetadata(data: Buffer): StreamMetadata {
  const fields = parseObject(data);
  const maxAge = positive(fields['$maxAge']);
  return {
    truncateBefore: positive(fields['$tb']) ?? 0,
    maxCount: positive(fields['$maxCount']) ?? Infinity,
    maxAgeMs: maxAge === undefined ? Infinity : maxAge * 1000,
  };
}

/** The stream's metadata JSON with another `$tb`; `truncateBefore` is JSON source, as 2^63 - 1 is no JS number. */
export function withTruncateBefore(data: Buffer | undefined, truncateBefore: string): Buffer {
  const fields = data === undefined ? {} : parseObject(data);
  delete fields['$tb'];
  const rest = JSON.stringify(fields).slice(1);
  return Buffer.from(`{"$tb":${truncateBefore}${rest === '}' ? '' : ','}${rest}`);
}

function parseObject(data: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(data.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

const positive = (value: unknown): number | undefined =>
  typeof value === 'number' && value > 0 ? Math.floor(value) : undefined;
