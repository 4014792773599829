import type { LogCreated } from '@stemma/domain/events';
import type { BytesEvent, LogIdentity } from '@stemma/event-store';
import { randomUUID } from 'node:crypto';

type Named = Partial<LogCreated['data']>;

/** Where a log says which one it is. */
const LOG_STREAM = 'log-system';
const LOG_CREATED: LogCreated['type'] = 'LogCreated';

function objectIn(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const value: unknown = bytes.length === 0 ? {} : JSON.parse(Buffer.from(bytes).toString('utf8'));
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

const namedIn = ({ data }: { readonly data: Uint8Array }): Named => objectIn(data);

/** The same kind of event, with a log id of its own and the old one beside it: docs/adr/0011-a-copy-is-another-log.md. */
function createdAnew(event: Pick<BytesEvent, 'data' | 'metadata'>): BytesEvent {
  const commandId = randomUUID();
  const data: LogCreated['data'] = { logId: randomUUID(), copiedFrom: namedIn(event).logId ?? '' };
  const metadata = {
    ...objectIn(event.metadata),
    commandId,
    correlationId: commandId,
    causationId: commandId,
    at: new Date().toISOString(),
  };
  return {
    id: randomUUID(),
    type: LOG_CREATED,
    isJson: true,
    data: Buffer.from(JSON.stringify(data)),
    metadata: Buffer.from(JSON.stringify(metadata)),
  };
}

/** How logs of Stemma call themselves. */
export const stemmaLog: LogIdentity = {
  names: ({ stream, revision, type }) => stream === LOG_STREAM && revision === 0n && type === LOG_CREATED,
  nameIn: (event) => namedIn(event).logId ?? '',
  ofCopy: createdAnew,
  isCopy: (copy, event) => namedIn(copy).copiedFrom === namedIn(event).logId,
};
