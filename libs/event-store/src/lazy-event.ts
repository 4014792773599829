import type { RawEvent } from './decode-record.js';
import type { RecordedEvent } from './event-store.js';

/**
 * An event whose JSON is decoded when it is looked at, so that whoever passes over a type pays nothing for it. One of a
 * shape that is upcast is decoded at once.
 */
export function decodingLate(
  upcast: (event: RecordedEvent) => RecordedEvent,
  isUpcast: (type: string) => boolean,
): (raw: RawEvent) => RecordedEvent {
  return (raw) => (isUpcast(raw.type) ? upcast(plain(new LazyEvent(raw))) : new LazyEvent(raw));
}

/** An event with its JSON decoded at once, for whoever looks at all of it: a copy has everything. */
export const decodingNow =
  (upcast: (event: RecordedEvent) => RecordedEvent): ((raw: RawEvent) => RecordedEvent) =>
  (raw) => {
    const { id, stream, revision, position, type, createdAt } = raw;
    const [data, metadata] = [decodedData(raw), decodedMetadata(raw)];
    return upcast({ id, stream, revision, position, type, data, metadata, createdAt });
  };

const plain = ({ id, stream, revision, position, type, data, metadata, createdAt }: RecordedEvent) => ({
  id,
  stream,
  revision,
  position,
  type,
  data,
  metadata,
  createdAt,
});

/** An event whose data and metadata are decoded when they are first looked at. */
class LazyEvent implements RecordedEvent {
  readonly id: string;
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
  readonly type: string;
  readonly createdAt: Date;
  readonly bytes: number;
  readonly #raw: RawEvent;
  #data: object | undefined;
  #metadata: object | undefined;

  constructor(raw: RawEvent) {
    this.id = raw.id;
    this.stream = raw.stream;
    this.revision = raw.revision;
    this.position = raw.position;
    this.type = raw.type;
    this.createdAt = raw.createdAt;
    this.bytes = raw.data.length + raw.metadata.length;
    this.#raw = raw;
  }

  get data(): object {
    return (this.#data ??= decodedData(this.#raw));
  }

  get metadata(): object {
    return (this.#metadata ??= decodedMetadata(this.#raw));
  }
}

/** As the client has it: text that is no JSON is text, and what is not said to be JSON is bytes. */
function decodedData({ isJson, data }: RawEvent): object {
  if (!isJson) return data;
  const text = textOf(data);
  try {
    return asObject(JSON.parse(text));
  } catch {
    return asObject(text);
  }
}

function decodedMetadata({ metadata }: RawEvent): object {
  if (metadata.length === 0) return {};
  try {
    return asObject(JSON.parse(textOf(metadata)));
  } catch {
    return metadata;
  }
}

const textOf = (bytes: Uint8Array): string => {
  if (bytes instanceof Buffer) return bytes.toString('utf8');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
};

/** Events of others may hold no JSON object: a bare value stands under `value`. */
const asObject = (value: unknown): object =>
  typeof value === 'object' && value !== null ? value : { value };
