import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { runDecider, scriptDecider } from '@stemma/domain';
import { type EventStore, openAggregate } from '@stemma/event-store';
import type { CommandShell } from './decide-command.js';
import type { Blobs } from './blobs.js';
import { COMMAND_SHELL, handlerOf } from './handler-of.js';
import { BLOBS, type DefaultLimits, RequestRunHandler, RUN_LIMITS } from './request-run.handler.js';
import { plainRunCommands } from './run-commands.js';
import { SaveDraftHandler } from './save-draft.handler.js';
import { plainScriptCommands } from './script-commands.js';

export interface CommandsOptions {
  readonly store: EventStore;
  /** Which build writes: stands in the metadata of every event. */
  readonly release: string;
  readonly clock?: () => Date;
  /** For the process that takes requests for runs; the others go without. */
  readonly runs?: { readonly blobs: Blobs; readonly limits: DefaultLimits };
}

/** Every command there is, on the command bus. */
@Module({})
export class CommandsModule {
  static register({ store, release, clock = () => new Date(), runs }: CommandsOptions): DynamicModule {
    const shell: CommandShell = {
      store,
      release,
      clock,
      script: openAggregate({ store, decider: scriptDecider }),
      run: openAggregate({ store, decider: runDecider }),
    };
    return {
      module: CommandsModule,
      imports: [CqrsModule.forRoot()],
      providers: [
        { provide: COMMAND_SHELL, useValue: shell },
        SaveDraftHandler,
        ...[...plainScriptCommands, ...plainRunCommands].map(handlerOf),
        ...(runs ? requestingRuns(runs) : []),
      ],
      exports: [CqrsModule, COMMAND_SHELL],
    };
  }
}

const requestingRuns = ({ blobs, limits }: NonNullable<CommandsOptions['runs']>) => [
  { provide: BLOBS, useValue: blobs },
  { provide: RUN_LIMITS, useValue: limits },
  RequestRunHandler,
];
