import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { runDecider, scriptDecider } from '@stemma/domain';
import { type EventStore, openAggregate } from '@stemma/event-store';
import type { CommandShell } from './decide-command.js';
import { COMMAND_SHELL, handlerOf } from './handler-of.js';
import { SaveDraftHandler } from './save-draft.handler.js';
import { plainScriptCommands } from './script-commands.js';

export interface CommandsOptions {
  readonly store: EventStore;
  /** Which build writes: stands in the metadata of every event. */
  readonly release: string;
  readonly clock?: () => Date;
}

/** Every command there is, on the command bus. */
@Module({})
export class CommandsModule {
  static register({ store, release, clock = () => new Date() }: CommandsOptions): DynamicModule {
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
        ...plainScriptCommands.map(handlerOf),
      ],
      exports: [CqrsModule, COMMAND_SHELL],
    };
  }
}
