import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { secretIdOf, type SecretRemoved, secretStreamOf } from '@stemma/domain';
import type { RecordedEvent } from '@stemma/event-store';
import type { CommandAnswer } from '../command-context.js';
import { type CommandShell, decideCommand } from '../decide-command.js';
import { COMMAND_SHELL } from '../handler-of.js';
import { deleteDataKey } from './data-key.js';
import { RemoveSecret } from './secret-commands.js';

/**
 * By hand, because the data key goes before the event that says so: whoever dies in between leaves a secret that opens
 * nothing, and never one that is removed and could be opened. After the event once more, for a life that began meanwhile.
 */
@CommandHandler(RemoveSecret)
export class RemoveSecretHandler implements ICommandHandler<
  InstanceType<typeof RemoveSecret>,
  CommandAnswer
> {
  constructor(@Inject(COMMAND_SHELL) private readonly shell: CommandShell) {}

  async execute({ request }: InstanceType<typeof RemoveSecret>): Promise<CommandAnswer> {
    const { name, context } = request;
    const { tenantId } = context;
    const { state } = await this.shell.secret.load(secretStreamOf(tenantId, name));
    const erase = (life: number): Promise<void> =>
      deleteDataKey(this.shell.store, { tenantId, secretId: secretIdOf(tenantId, name), life });
    return decideCommand(this.shell, RemoveSecret.definition, request, {
      beforeAppend: () => erase(state.life),
      afterAppend: async (events) => {
        for (const life of endedBy(events)) await erase(life);
      },
    });
  }
}

const endedBy = (events: readonly RecordedEvent[]): readonly number[] =>
  events
    .filter(({ type }) => type === 'SecretRemoved')
    .map(({ data }) => (data as SecretRemoved['data']).life);
