import type { Handler } from '../grpc/grpc-server.js';
import type { ProposedEvent } from '../store/proposed-event.js';
import { type AppendTarget, decodeAppendMessage } from '../wire/append-requests.js';
import { unaryAppendResponse } from '../wire/append-responses.js';
import { CallRefusal, errorOf, invalidArgument, refusalError } from '../wire/grpc-errors.js';
import { checkAppend, createEventBasket } from './event-basket.js';
import type { NodeParts } from './node-parts.js';

/** Streams.Append: the target, then the events; all of it is one append. */
export const appendCall =
  (parts: NodeParts): Handler =>
  (call) => {
    const basket = createEventBasket(parts.maxAppendBytes);
    let target: AppendTarget | undefined;
    const answer = async (): Promise<void> => {
      void call.send(await append(parts, target, basket.events()));
      call.end();
    };
    call.receive(
      (bytes) => {
        const message = decodeAppendMessage(bytes);
        if (message.kind === 'target') target = message.target;
        else basket.add([message.event]);
      },
      () => void answer().catch((error: unknown) => call.fail(errorOf(error))),
    );
  };

async function append(
  parts: NodeParts,
  target: AppendTarget | undefined,
  events: readonly ProposedEvent[],
): Promise<Buffer> {
  if (target === undefined)
    throw new CallRefusal(invalidArgument('The first message of an append names the stream.'));
  checkAppend(target, events);
  const { stream, expected } = target;
  const outcome = await parts.log.submit({ stream, expected, change: { kind: 'append', events } });
  if (outcome.kind === 'stored' || outcome.kind === 'wrong-expected-version')
    return unaryAppendResponse(target, outcome);
  throw new CallRefusal(refusalError(stream, expected, outcome));
}
