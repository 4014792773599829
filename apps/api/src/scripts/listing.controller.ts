import { Controller, Post } from '@nestjs/common';
import { ListScript, RetireScript, UnlistScript } from '@stemma/commands';
import { emptyBody, type ProblemCode, retireScriptBody, scriptAnswer } from '@stemma/contracts';
import type { z } from 'zod';
import { CommandEdge } from '../http/command-edge.js';
import { Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import type { Permission } from '../identity/permissions.js';
import { ofScript, Slug, ValidBody } from './parameters.js';

type EmptyBody = z.output<typeof emptyBody>;

const change = (
  id: string,
  summary: string,
  access: Permission,
  refusals: readonly ProblemCode[],
  body: z.ZodType = emptyBody,
) =>
  Operation({
    id,
    summary,
    access,
    command: true,
    params: ofScript,
    body,
    answer: scriptAnswer,
    refusals: ['script-not-found', 'slug-retired', ...refusals],
  });

/** Whether the users of a script see it, and its end. */
@Controller('v1/scripts/:slug')
export class ListingController {
  constructor(private readonly commands: CommandEdge) {}

  @Post('list')
  @change('listScript', 'Show a script with an active version to its users', 'version:publish', [
    'no-active-version',
  ])
  list(@Exchange() exchange: HttpExchange, @Slug() slug: string, @ValidBody(emptyBody) body: EmptyBody) {
    return this.commands.run(exchange, body, (context) => new ListScript({ slug, body, context }));
  }

  @Post('unlist')
  @change('unlistScript', 'Take a script out of the sight of its users', 'version:publish', [])
  unlist(@Exchange() exchange: HttpExchange, @Slug() slug: string, @ValidBody(emptyBody) body: EmptyBody) {
    return this.commands.run(exchange, body, (context) => new UnlistScript({ slug, body, context }));
  }

  @Post('retire')
  @change(
    'retireScript',
    'End a script for ever: out of review, service, sight and triggers; its slug is never given out again',
    'script:retire',
    [],
    retireScriptBody,
  )
  retire(
    @Exchange() exchange: HttpExchange,
    @Slug() slug: string,
    @ValidBody(retireScriptBody) body: z.output<typeof retireScriptBody>,
  ) {
    return this.commands.run(exchange, body, (context) => new RetireScript({ slug, body, context }));
  }
}
