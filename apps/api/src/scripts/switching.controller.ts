import { Controller, Post } from '@nestjs/common';
import { DisableScript, EnableScript } from '@stemma/commands';
import { disableScriptBody, emptyBody, scriptAnswer } from '@stemma/contracts';
import type { z } from 'zod';
import { CommandEdge } from '../http/command-edge.js';
import { Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { ofScript, Slug, ValidBody } from './parameters.js';

@Controller('v1/scripts/:slug')
export class SwitchingController {
  constructor(private readonly commands: CommandEdge) {}

  @Post('enable')
  @Operation({
    id: 'enableScript',
    summary: 'Let a script run in production again',
    access: 'version:publish',
    command: true,
    params: ofScript,
    body: emptyBody,
    answer: scriptAnswer,
    refusals: ['script-not-found', 'slug-retired'],
  })
  enable(
    @Exchange() exchange: HttpExchange,
    @Slug() slug: string,
    @ValidBody(emptyBody) body: z.output<typeof emptyBody>,
  ) {
    return this.commands.run(exchange, body, (context) => new EnableScript({ slug, body, context }));
  }

  @Post('disable')
  @Operation({
    id: 'disableScript',
    summary: 'Let no production run of a script begin from now on, by any trigger',
    access: 'version:publish',
    command: true,
    params: ofScript,
    body: disableScriptBody,
    answer: scriptAnswer,
    refusals: ['script-not-found', 'slug-retired'],
  })
  disable(
    @Exchange() exchange: HttpExchange,
    @Slug() slug: string,
    @ValidBody(disableScriptBody) body: z.output<typeof disableScriptBody>,
  ) {
    return this.commands.run(exchange, body, (context) => new DisableScript({ slug, body, context }));
  }
}
