import { Readable } from 'node:stream';
import { askedRange } from '../http/byte-range.js';
import { headerOf, type HttpExchange } from '../http/exchange.js';
import { Refused } from '../http/refused.js';
import type { ByteRange } from '@stemma/blob-store';

/** Bytes under a name that a script chose. */
export interface Sent {
  readonly name: string;
  /** Hex. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  readonly open: (range?: ByteRange) => Promise<Readable>;
}

/**
 * What a script wrote is shown to nobody's browser as a page: always an attachment, never sniffed (HAZARDS D10). Its tag is
 * its hash, so that a download can be taken up again, or left out.
 */
export async function sendBytes(
  exchange: HttpExchange,
  { name, sha256, size, open }: Sent,
): Promise<Readable> {
  const { reply } = exchange;
  const tag = `"${sha256}"`;
  if (isNamed(headerOf(exchange, 'If-None-Match'), tag)) {
    void reply.code(304).header('ETag', tag);
    return Readable.from([]);
  }
  const range = isStill(exchange, tag) ? askedRange(headerOf(exchange, 'Range'), size) : 'whole';
  if (range === 'none') {
    throw new Refused('range-not-there', `There are ${size} bytes: ask for a range of them.`, {
      headers: { 'Content-Range': `bytes */${size}` },
    });
  }
  const bytes = await open(range === 'whole' ? undefined : range);
  if (range !== 'whole') {
    void reply.code(206).header('Content-Range', `bytes ${range.start}-${range.end}/${size}`);
  }
  void reply.headers({
    ETag: tag,
    'Accept-Ranges': 'bytes',
    'Content-Type': 'application/octet-stream',
    'Content-Length': range === 'whole' ? size : range.end - range.start + 1,
    'Content-Disposition': attachment(name),
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; sandbox",
  });
  return bytes;
}

const isNamed = (header: string | undefined, tag: string): boolean =>
  header !== undefined && header.split(',').some((one) => ['*', tag, `W/${tag}`].includes(one.trim()));

/** A part is only asked for of the very bytes that the client has begun with. */
const isStill = (exchange: HttpExchange, tag: string): boolean => {
  const wanted = headerOf(exchange, 'If-Range');
  return wanted === undefined || wanted === tag;
};

/** The last part of the name: directories are no business of who saves it. Old clients get it in ASCII (RFC 6266). */
function attachment(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1);
  const encoded = encodeURIComponent(last).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  );
  return `attachment; filename="${last.replace(/[^\w .()+=@,-]/g, '_')}"; filename*=UTF-8''${encoded}`;
}
