import { Inject, type Type } from '@nestjs/common';
import { CommandHandler, type ICommand, type ICommandHandler } from '@nestjs/cqrs';
import type { CommandAnswer } from './command-context.js';
import { type CommandShell, decideCommand } from './decide-command.js';
import type { CommandDefinition, Request } from './define-command.js';

export const COMMAND_SHELL = Symbol('CommandShell');

interface AnyCommand extends ICommand {
  readonly request: Request<unknown>;
}

interface AnyCommandClass {
  readonly name: string;
  readonly definition: CommandDefinition;
  new (request: never): AnyCommand;
}

/** The `@nestjs/cqrs` handler of a command: load, decide, append, answer. */
export function handlerOf(command: AnyCommandClass): Type<ICommandHandler> {
  @CommandHandler(command)
  class GenericHandler implements ICommandHandler<AnyCommand, CommandAnswer> {
    constructor(@Inject(COMMAND_SHELL) private readonly shell: CommandShell) {}

    execute({ request }: AnyCommand): Promise<CommandAnswer> {
      return decideCommand(this.shell, command.definition, request);
    }
  }
  Object.defineProperty(GenericHandler, 'name', { value: `${command.name}Handler` });
  return GenericHandler;
}
