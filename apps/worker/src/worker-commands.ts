import { randomUUID } from 'node:crypto';
import type { CommandBus } from '@nestjs/cqrs';
import { type CommandContext, CompleteRun, isRejection, StartRun, hashJson } from '@stemma/commands';
import type { RunOutcome, RunStarted } from '@stemma/domain/events';
import { StoreUnavailable } from '@stemma/event-store';

export interface RunName {
  readonly tenantId: string;
  readonly runId: string;
}

/** What a worker says of runs, in the log. */
export interface WorkerCommands {
  /** False when the attempt is not ours to start: superseded, cancelled, ended. */
  start(run: RunName, started: Omit<RunStarted['data'], 'runId' | 'worker'>): Promise<boolean>;
  /** False when the report does not count: the attempt is not the current one, or the run has ended. */
  complete(run: RunName, outcome: RunOutcome & { readonly attempt: number }): Promise<boolean>;
}

const TRIES = 30;

export function workerCommands(bus: CommandBus, workerId: string): WorkerCommands {
  /** The same command until its outcome is known: an answer that was lost is answered again (HAZARDS H1). */
  const insist = async (
    make: (context: CommandContext) => object,
    { tenantId, runId }: RunName,
    data: object,
  ) => {
    const commandId = randomUUID();
    const actor = { kind: 'system', id: `worker:${workerId}`, via: null } as const;
    const bodyHash = hashJson(data);
    const command = make({
      tenantId,
      actor,
      commandId,
      bodyHash,
      correlationId: runId,
      causationId: commandId,
      ifMatch: null,
    });
    for (let tries = 1; ; tries += 1) {
      try {
        await bus.execute(command);
        return true;
      } catch (error) {
        if (isRejection(error)) return false;
        if (!(error instanceof StoreUnavailable) || tries === TRIES) throw error;
      }
    }
  };
  return {
    start: ({ tenantId, runId }, started) => {
      const body = { runId, worker: workerId, ...started };
      return insist((context) => new StartRun({ runId, body, context }), { tenantId, runId }, body);
    },
    complete: ({ tenantId, runId }, body) =>
      insist((context) => new CompleteRun({ runId, body, context }), { tenantId, runId }, body),
  };
}
