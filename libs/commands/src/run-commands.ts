import {
  requestCancelSchema,
  requestRunSchema,
  type RunEvent,
  type RunOutcome,
  type RunStarted,
} from '@stemma/domain';
import { z } from 'zod';
import { runCommand, type RunRequest } from './define-command.js';

type Events = readonly RunEvent[];

const ofRun = ({ runId }: RunRequest<unknown>, events: Events) => ({ runId, changed: events.length > 0 });

/** Handled by hand (`request-run.handler.ts`): the version is pinned and the input stored before the decision. */
export const RequestRun = runCommand<typeof requestRunSchema, { readonly slug: string }>({
  type: 'RequestRun',
  schema: requestRunSchema,
  creates: true,
  answer: (request, events) => {
    const requested = events.find((event) => event.type === 'RunRequested');
    if (!requested) return ofRun(request, events);
    const { slug, versionId, number, context, runtime, limits } = requested.data;
    return {
      ...ofRun(request, events),
      slug,
      versionId,
      number,
      context,
      runtime,
      limits,
      status: 'pending',
    };
  },
});

/** `status` is `cancelled` when the run ended with this command, else `cancelling`: a worker has to stop it first. */
export const RequestCancel = runCommand({
  type: 'RequestCancel',
  schema: requestCancelSchema,
  answer: (request, events) => ({
    ...ofRun(request, events),
    status: events.some((event) => event.type === 'RunCompleted') ? 'cancelled' : 'cancelling',
  }),
});

/** Said by workers alone, never by a request: nothing of it came from outside. */
const fromWorker = <Data>() => z.custom<Data>();

export const StartRun = runCommand({
  type: 'StartRun',
  schema: fromWorker<RunStarted['data']>(),
  answer: ofRun,
});

export const CompleteRun = runCommand({
  type: 'CompleteRun',
  schema: fromWorker<RunOutcome & { readonly attempt: number }>(),
  answer: ofRun,
});

/** Those whose handler is made by `handlerOf`. */
export const plainRunCommands = [RequestCancel, StartRun, CompleteRun];
