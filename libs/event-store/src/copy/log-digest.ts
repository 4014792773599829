import { createHash, hash } from 'node:crypto';
import type { RawEvent } from '../decode-record.js';

/** What a digest is made of: all of an event that a copy keeps. Position and time of recording are the server's. */
export type DigestedEvent = Pick<
  RawEvent,
  'stream' | 'revision' | 'id' | 'type' | 'isJson' | 'data' | 'metadata'
>;

/** A digest of events in their order. */
export interface LogDigest {
  readonly add: (event: DigestedEvent) => void;
  /** Hex, of everything added so far. Can be asked for once. */
  readonly value: () => string;
}

/**
 * sha256 over one line for each event, in the order of the log: the JSON array of stream, revision (as text), id, type,
 * JSON flag, sha256 of the data and sha256 of the metadata, each in hex, and a line feed.
 */
export function logDigest(): LogDigest {
  const all = createHash('sha256');
  return {
    add: (event) => all.update(digestLine(event)),
    value: () => all.digest('hex'),
  };
}

export const digestLine = ({ stream, revision, id, type, isJson, data, metadata }: DigestedEvent): string =>
  `${JSON.stringify([stream, String(revision), id, type, isJson, hash('sha256', data), hash('sha256', metadata)])}\n`;
