import type { Handler } from '../grpc/grpc-server.js';
import type { AppendRequest } from '../store/append-job.js';
import { type AppendTarget, type BatchMessage, decodeBatchMessage } from '../wire/append-requests.js';
import { batchAppendFailure, batchAppendResponse } from '../wire/append-responses.js';
import { CallRefusal, errorOf, invalidArgument } from '../wire/grpc-errors.js';
import { checkAppend, createEventBasket, type EventBasket } from './event-basket.js';
import type { NodeParts } from './node-parts.js';

interface OpenBatch {
  readonly correlation: Buffer;
  readonly target: AppendTarget;
  readonly basket: EventBasket;
}

/** Streams.BatchAppend: many appends over one call, answered as each becomes durable. */
export const batchAppendCall =
  (parts: NodeParts): Handler =>
  (call) => {
    parts.calls.add(call);
    const open = new Map<string, OpenBatch>();
    const inFlight = new Set<Promise<void>>();
    const answer = async (batch: OpenBatch): Promise<void> => {
      await call.send(await appendBatch(parts, batch));
    };
    call.receive(
      (bytes) => {
        const batch = collect(open, decodeBatchMessage(bytes), parts.maxAppendBytes);
        if (batch === undefined) return;
        const answered = answer(batch).finally(() => inFlight.delete(answered));
        inFlight.add(answered);
      },
      () => void Promise.allSettled([...inFlight]).then(() => call.end()),
    );
  };

/** Adds a message to its batch; the batch when it is complete. */
function collect(open: Map<string, OpenBatch>, message: BatchMessage, limit: number): OpenBatch | undefined {
  const key = message.correlation.toString('latin1');
  const batch = open.get(key) ?? openBatch(message, limit);
  batch.basket.add(message.events);
  if (message.isFinal) open.delete(key);
  else open.set(key, batch);
  return message.isFinal ? batch : undefined;
}

function openBatch({ correlation, target }: BatchMessage, limit: number): OpenBatch {
  if (target === undefined)
    throw new CallRefusal(invalidArgument('The first message of a batch names the stream.'));
  return { correlation, target, basket: createEventBasket(limit) };
}

async function appendBatch(parts: NodeParts, { correlation, target, basket }: OpenBatch): Promise<Buffer> {
  const { stream, expected, deadline } = target;
  const request: AppendRequest = { stream, expected, change: { kind: 'append', events: basket.events() } };
  try {
    checkAppend(target, basket.events());
    const outcome = await parts.log.submit(deadline === undefined ? request : { ...request, deadline });
    return batchAppendResponse(correlation, target, outcome);
  } catch (error) {
    const { code, details } = errorOf(error);
    return batchAppendFailure(correlation, target, code, details);
  }
}
