import { Inject, Injectable } from '@nestjs/common';
import type { CommandAnswer, CommandContext } from '@stemma/commands';
import { CommandEdge, type MakeCommand } from '../http/command-edge.js';
import { callerOf, type HttpExchange } from '../http/exchange.js';
import { Refused } from '../http/refused.js';
import { type ApiParts, PARTS } from '../parts.js';
import type { ListedTenant } from './identities.js';

/** Where a request becomes a command on people, keys or tenants: answered once this process itself acts on it. */
@Injectable()
export class IdentityEdge {
  constructor(
    private readonly commands: CommandEdge,
    @Inject(PARTS) private readonly parts: ApiParts,
  ) {}

  async execute(exchange: HttpExchange, body: unknown, make: MakeCommand): Promise<CommandAnswer> {
    const answer = await this.commands.execute(exchange, body, make);
    await this.parts.identities.seen(answer.position);
    return answer;
  }

  async run(exchange: HttpExchange, body: unknown, make: MakeCommand): Promise<CommandAnswer['body']> {
    return (await this.execute(exchange, body, make)).body;
  }

  requireTenant(tenantId: string): ListedTenant {
    const found = this.parts.identities.tenant(tenantId);
    if (found) return found;
    throw new Refused('tenant-not-found', 'There is no such tenant. GET /v1/tenants lists what there is.');
  }

  /**
   * A command within another tenant than the caller's: it belongs to the history of that one. The actor is written with
   * the tenant he comes from (`admin@local`), which no subject looks like, so he is nobody's namesake there.
   */
  acrossTo(exchange: HttpExchange, tenantId: string, context: CommandContext): CommandContext {
    const own = callerOf(exchange).tenantId;
    const { name } = this.requireTenant(own);
    return { ...context, tenantId, actor: { ...context.actor, id: `${context.actor.id}@${name}` } };
  }
}
