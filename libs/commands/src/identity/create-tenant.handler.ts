import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { id, tenantStreamOf } from '@stemma/domain';
import type { CommandAnswer } from '../command-context.js';
import { type CommandShell, decideCommand } from '../decide-command.js';
import { COMMAND_SHELL } from '../handler-of.js';
import { foundPrincipal } from './found-principal.js';
import { CreateTenant } from './identity-commands.js';

/** The first administrator of every tenant that is created. */
export const FIRST_ADMIN = 'admin';

/** A repetition mints another secret, so another key: the one that was never shown opens nothing to anybody. */
export const firstKeyIdOf = (commandId: string, secretHash: string): string =>
  id('apikey', commandId, secretHash);

/**
 * By hand, because a tenant without an administrator would be lost: principal and key are stored first, and the tenant
 * is there once they are. Whoever loses the race for a name is refused, and the key he made is shown to nobody.
 */
@CommandHandler(CreateTenant)
export class CreateTenantHandler implements ICommandHandler<
  InstanceType<typeof CreateTenant>,
  CommandAnswer
> {
  constructor(@Inject(COMMAND_SHELL) private readonly shell: CommandShell) {}

  async execute({ request }: InstanceType<typeof CreateTenant>): Promise<CommandAnswer> {
    const { context, secretHash } = request;
    const { tenantId, commandId } = context;
    const { state } = await this.shell.tenant.load(tenantStreamOf(tenantId));
    if (!state.exists) {
      const keyId = firstKeyIdOf(commandId, secretHash);
      await foundPrincipal(this.shell, {
        tenantId,
        subject: FIRST_ADMIN,
        roles: ['admin'],
        keyId,
        secretHash,
      });
    }
    return decideCommand(this.shell, CreateTenant.definition, request, { unrepeatable: secretHash });
  }
}
