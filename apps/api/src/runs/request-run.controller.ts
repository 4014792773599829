import { Controller, Post } from '@nestjs/common';
import { RequestRun, runIdOf } from '@stemma/commands';
import { requestRunAnswer, requestRunBody } from '@stemma/contracts';
import type { z } from 'zod';
import { CommandEdge } from '../http/command-edge.js';
import { Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { ofScript, Slug, ValidBody } from '../scripts/parameters.js';

@Controller('v1/scripts/:slug/runs')
export class RequestRunController {
  constructor(private readonly commands: CommandEdge) {}

  @Post()
  @Operation({
    id: 'requestRun',
    summary: 'Run the active version, or any version in the sandbox',
    access: 'run:request',
    command: true,
    params: ofScript,
    body: requestRunBody,
    answer: requestRunAnswer,
    status: 202,
    refusals: [
      'script-not-found',
      'version-not-found',
      'no-active-version',
      'not-active',
      'script-disabled',
      'services-only',
      'content-pruned',
      'file-not-found',
      'input-invalid',
      'input-too-large',
    ],
  })
  request(
    @Exchange() exchange: HttpExchange,
    @Slug() slug: string,
    @ValidBody(requestRunBody) body: z.output<typeof requestRunBody>,
  ) {
    return this.commands.run(
      exchange,
      body,
      (context) => new RequestRun({ runId: runIdOf(context.commandId), slug, body, context }),
    );
  }
}
