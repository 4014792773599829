import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { scriptIdOf, streamName, whatToPrune } from '@stemma/domain';
import type { CommandAnswer } from './command-context.js';
import { type CommandShell, decideCommand } from './decide-command.js';
import { PruneVersions } from './governance-commands.js';
import { COMMAND_SHELL } from './handler-of.js';

/** By hand, because a dry run is answered from the state and not from events. */
@CommandHandler(PruneVersions)
export class PruneVersionsHandler implements ICommandHandler<
  InstanceType<typeof PruneVersions>,
  CommandAnswer
> {
  constructor(@Inject(COMMAND_SHELL) private readonly shell: CommandShell) {}

  execute({ request }: InstanceType<typeof PruneVersions>): Promise<CommandAnswer> {
    return request.body.dryRun
      ? this.look(request)
      : decideCommand(this.shell, PruneVersions.definition, request);
  }

  private async look({ slug, body, context }: InstanceType<typeof PruneVersions>['request']) {
    const { tenantId } = context;
    const scriptId = scriptIdOf(tenantId, slug);
    const { state, revision, position } = await this.shell.script.load(
      streamName('script', tenantId, scriptId),
    );
    const versions = whatToPrune(state, body, this.shell.clock().toISOString());
    if (revision === null || position === null) throw new Error(`${slug} exists without an event`);
    const answer = { scriptId, slug, changed: false, dryRun: true, versions };
    return { body: answer, revision, position, replayed: false };
  }
}
