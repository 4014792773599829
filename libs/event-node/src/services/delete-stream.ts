import type { DeleteReq, TombstoneReq } from '@eventstore/db-client/generated/streams_pb.js';
import type { Handler } from '../grpc/grpc-server.js';
import { type Decoder, unary } from '../grpc/unary.js';
import type { StreamChange } from '../store/append-job.js';
import type { Expected } from '../store/proposed-event.js';
import { deleteResponse } from '../wire/append-responses.js';
import { CallRefusal, invalidArgument, refusalError } from '../wire/grpc-errors.js';
import type { NodeParts } from './node-parts.js';

type Options = DeleteReq.Options | TombstoneReq.Options;

/** Streams.Delete (the stream may be written again later) and Streams.Tombstone (never again). */
export const deleteCall = (
  parts: NodeParts,
  decoder: Decoder<DeleteReq | TombstoneReq>,
  kind: 'delete' | 'tombstone',
): Handler => unary(decoder, (request) => change(parts, request.getOptions(), { kind }));

async function change({ log }: NodeParts, options: Options | undefined, kind: StreamChange): Promise<Buffer> {
  const stream = Buffer.from(options?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8');
  if (options === undefined || stream === '')
    throw new CallRefusal(invalidArgument('A stream name must not be empty.'));
  const expected = expectedOf(options);
  const outcome = await log.submit({ stream, expected, change: kind });
  if (outcome.kind === 'stored') return deleteResponse(outcome);
  throw new CallRefusal(refusalError(stream, expected, outcome));
}

function expectedOf(options: Options): Expected {
  if (options.hasRevision()) return BigInt(options.getRevision());
  if (options.hasNoStream()) return 'no_stream';
  return options.hasStreamExists() ? 'stream_exists' : 'any';
}
