import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Content, hashJson, refuse, scriptIdOf } from '@stemma/domain';
import { type CommandAnswer, metadataOf } from './command-context.js';
import { type CommandShell, decideCommand } from './decide-command.js';
import { COMMAND_SHELL } from './handler-of.js';
import { schemaFaults } from './input-schema/input-schema.js';
import { SaveDraft } from './script-commands.js';
import { storeContent } from './store-content.js';

/** By hand, because the bytes have to be in the log before the event that names them. */
@CommandHandler(SaveDraft)
export class SaveDraftHandler implements ICommandHandler<InstanceType<typeof SaveDraft>, CommandAnswer> {
  constructor(@Inject(COMMAND_SHELL) private readonly shell: CommandShell) {}

  async execute({ request }: InstanceType<typeof SaveDraft>): Promise<CommandAnswer> {
    const { content, ...rest } = request.body;
    const { context, slug } = request;
    requireSchema(content);
    const contentHash = hashJson(content);
    return decideCommand(this.shell, SaveDraft.definition, request, {
      data: { ...rest, contentHash },
      beforeAppend: () =>
        storeContent(this.shell.store, {
          scriptId: scriptIdOf(context.tenantId, slug),
          contentHash,
          content,
          metadata: metadataOf(context, this.shell.clock().toISOString(), this.shell.release),
        }),
    });
  }
}

/** A version whose inputs could not be checked would be found out by the first who runs it. */
function requireSchema({ inputSchema }: Content): void {
  const faults = inputSchema === undefined ? [] : schemaFaults(inputSchema);
  const [first] = faults;
  if (first === undefined) return;
  refuse('schema-invalid', `The input schema cannot be used: ${first.path || '/'} ${first.message}.`, {
    faults,
  });
}
