import { Inject, Injectable } from '@nestjs/common';
import { CommandBus, type ICommand } from '@nestjs/cqrs';
import { type CommandAnswer, type CommandContext, commandIdOf, hashJson } from '@stemma/commands';
import { correlationIdSchema, etagOf, headers, idempotencyKeySchema, ifMatchSchema } from '@stemma/contracts';
import { formatToken } from '@stemma/read-model';
import { type ApiParts, PARTS } from '../parts.js';
import { callerOf, type HttpExchange } from './exchange.js';
import { readHeader } from './read-header.js';
import { traceOf } from './trace.js';

/** A command of `@stemma/commands`, made from what the edge knows. */
export type MakeCommand = (context: CommandContext) => ICommand;

/** Where a request becomes a command, and its answer a reply. */
@Injectable()
export class CommandEdge {
  constructor(
    private readonly bus: CommandBus,
    @Inject(PARTS) private readonly parts: ApiParts,
  ) {}

  /** `body` is the validated body: repeated with the same Idempotency-Key, it must be the same one. */
  async run(exchange: HttpExchange, body: unknown, make: MakeCommand): Promise<CommandAnswer['body']> {
    return (await this.execute(exchange, body, make)).body;
  }

  /** The same, for who has to know more of the answer than its body. */
  async execute(exchange: HttpExchange, body: unknown, make: MakeCommand): Promise<CommandAnswer> {
    const logId = this.parts.logId();
    const answer = await this.bus.execute<ICommand, CommandAnswer>(make(contextOf(exchange, body)));
    const { reply } = exchange;
    void reply.header('ETag', etagOf(answer.revision));
    void reply.header(headers.position, formatToken({ logId, position: answer.position }));
    if (answer.replayed) void reply.header(headers.idempotentReplayed, 'true');
    return answer;
  }
}

/** Who asks for what, under which key. */
export function contextOf(exchange: HttpExchange, body: unknown): CommandContext {
  const { request } = exchange;
  const { tenantId, kind, person, keyId } = callerOf(exchange);
  const key = readHeader(exchange, headers.idempotencyKey, idempotencyKeySchema);
  const [path = ''] = request.url.split('?', 1);
  const trace = traceOf(request);
  return {
    tenantId,
    actor: { kind, id: person, via: keyId },
    commandId: commandIdOf({ tenantId, person, method: request.method, path, key }),
    bodyHash: hashJson(body),
    correlationId:
      readHeader(exchange, headers.correlationId, correlationIdSchema) ?? trace?.traceId ?? request.id,
    causationId: request.id,
    ...(trace && { traceparent: trace.traceparent }),
    ifMatch: readHeader(exchange, 'If-Match', ifMatchSchema),
  };
}
