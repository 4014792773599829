import { Controller, Post } from '@nestjs/common';
import { RollBack } from '@stemma/commands';
import { rollBackAnswer, rollBackBody } from '@stemma/contracts';
import type { z } from 'zod';
import { CommandEdge } from '../http/command-edge.js';
import { Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { ofScript, Slug, ValidBody } from './parameters.js';

@Controller('v1/scripts/:slug/rollback')
export class RollbackController {
  constructor(private readonly commands: CommandEdge) {}

  @Post()
  @Operation({
    id: 'rollBack',
    summary: 'Make a new active version of one that was active before',
    access: 'version:roll-back',
    command: true,
    params: ofScript,
    body: rollBackBody,
    answer: rollBackAnswer,
    refusals: [
      'script-not-found',
      'slug-retired',
      'version-not-found',
      'version-never-active',
      'content-pruned',
      'base-required',
      'stale-base',
    ],
  })
  rollBack(
    @Exchange() exchange: HttpExchange,
    @Slug() slug: string,
    @ValidBody(rollBackBody) body: z.output<typeof rollBackBody>,
  ) {
    return this.commands.run(exchange, body, (context) => new RollBack({ slug, body, context }));
  }
}
