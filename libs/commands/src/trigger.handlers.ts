import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { scriptIdOf, triggerIdOf } from '@stemma/domain';
import type { RecordedEvent } from '@stemma/event-store';
import type { CommandAnswer } from './command-context.js';
import { type CommandShell, decideCommand } from './decide-command.js';
import { RemoveTrigger, RetireScript, SetTrigger } from './governance-commands.js';
import { COMMAND_SHELL } from './handler-of.js';
import { claimRoute, releaseRoutes } from './route-claims.js';

/** By hand, because a path is claimed before the trigger is set (DESIGN §6 "Routes"). */
@CommandHandler(SetTrigger)
export class SetTriggerHandler implements ICommandHandler<InstanceType<typeof SetTrigger>, CommandAnswer> {
  constructor(@Inject(COMMAND_SHELL) private readonly shell: CommandShell) {}

  execute({ request }: InstanceType<typeof SetTrigger>): Promise<CommandAnswer> {
    const { body, slug, context } = request;
    const { name, trigger } = body;
    const scriptId = scriptIdOf(context.tenantId, slug);
    const claimant = { scriptId, slug, triggerId: triggerIdOf(scriptId, name) };
    return decideCommand(this.shell, SetTrigger.definition, request, {
      ...(trigger.kind === 'http' && {
        beforeAppend: () => claimRoute(this.shell, context, trigger, claimant),
      }),
      afterAppend: (events) => releaseRoutes(this.shell, context, events),
    });
  }
}

/** By hand, because the path is released after the trigger is removed. */
@CommandHandler(RemoveTrigger)
export class RemoveTriggerHandler implements ICommandHandler<
  InstanceType<typeof RemoveTrigger>,
  CommandAnswer
> {
  constructor(@Inject(COMMAND_SHELL) private readonly shell: CommandShell) {}

  execute({ request }: InstanceType<typeof RemoveTrigger>): Promise<CommandAnswer> {
    const afterAppend = (events: readonly RecordedEvent[]) =>
      releaseRoutes(this.shell, request.context, events);
    return decideCommand(this.shell, RemoveTrigger.definition, request, { afterAppend });
  }
}

/** By hand, because a script that retires gives its paths back. */
@CommandHandler(RetireScript)
export class RetireScriptHandler implements ICommandHandler<
  InstanceType<typeof RetireScript>,
  CommandAnswer
> {
  constructor(@Inject(COMMAND_SHELL) private readonly shell: CommandShell) {}

  execute({ request }: InstanceType<typeof RetireScript>): Promise<CommandAnswer> {
    const afterAppend = (events: readonly RecordedEvent[]) =>
      releaseRoutes(this.shell, request.context, events);
    return decideCommand(this.shell, RetireScript.definition, request, { afterAppend });
  }
}
