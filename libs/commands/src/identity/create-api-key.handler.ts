import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { principalStreamOf, refuse } from '@stemma/domain';
import type { CommandAnswer } from '../command-context.js';
import { type CommandShell, decideCommand } from '../decide-command.js';
import { COMMAND_SHELL } from '../handler-of.js';
import { CreateApiKey } from './identity-commands.js';

/**
 * By hand, because a key belongs to somebody who exists, and because its secret is made anew by every repetition: only the
 * one whose hash is stored is worth showing, so a replay (`replayed`) must show none.
 */
@CommandHandler(CreateApiKey)
export class CreateApiKeyHandler implements ICommandHandler<
  InstanceType<typeof CreateApiKey>,
  CommandAnswer
> {
  constructor(@Inject(COMMAND_SHELL) private readonly shell: CommandShell) {}

  async execute({ request }: InstanceType<typeof CreateApiKey>): Promise<CommandAnswer> {
    const { subject, keyId, secretHash, context, body } = request;
    const { state } = await this.shell.principal.load(principalStreamOf(context.tenantId, subject));
    if (!state.exists)
      refuse('principal-not-found', `There is no principal ${subject}. GET /v1/principals lists them.`);
    const { person: _person, ...rest } = body;
    const data = { ...rest, keyId, subject, secretHash };
    return decideCommand(this.shell, CreateApiKey.definition, request, { data, unrepeatable: secretHash });
  }
}
