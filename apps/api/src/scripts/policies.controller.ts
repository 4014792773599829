import { Controller, Post, Put } from '@nestjs/common';
import { PruneVersions, SetPrunePolicy, SetReviewPolicy } from '@stemma/commands';
import {
  pruneAnswer,
  pruneVersionsBody,
  scriptAnswer,
  setPrunePolicyBody,
  setReviewPolicyBody,
} from '@stemma/contracts';
import type { z } from 'zod';
import { CommandEdge } from '../http/command-edge.js';
import { Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { ofScript, Slug, ValidBody } from './parameters.js';

/** What binds the versions of a script: how they are reviewed, and how long their content is kept. */
@Controller('v1/scripts/:slug')
export class PoliciesController {
  constructor(private readonly commands: CommandEdge) {}

  @Put('review-policy')
  @Operation({
    id: 'setReviewPolicy',
    summary: 'Give a script a review policy of its own, or the one of the tenant again',
    access: 'policy:set',
    command: true,
    params: ofScript,
    body: setReviewPolicyBody,
    answer: scriptAnswer,
    refusals: ['script-not-found', 'slug-retired', 'base-required', 'stale-base'],
  })
  review(
    @Exchange() exchange: HttpExchange,
    @Slug() slug: string,
    @ValidBody(setReviewPolicyBody) body: z.output<typeof setReviewPolicyBody>,
  ) {
    return this.commands.run(exchange, body, (context) => new SetReviewPolicy({ slug, body, context }));
  }

  @Put('prune-policy')
  @Operation({
    id: 'setPrunePolicy',
    summary: 'Prune old versions by a rule, again and again, or only when somebody asks',
    access: 'script:prune',
    command: true,
    params: ofScript,
    body: setPrunePolicyBody,
    answer: scriptAnswer,
    refusals: ['script-not-found', 'slug-retired', 'base-required', 'stale-base'],
  })
  keep(
    @Exchange() exchange: HttpExchange,
    @Slug() slug: string,
    @ValidBody(setPrunePolicyBody) body: z.output<typeof setPrunePolicyBody>,
  ) {
    return this.commands.run(exchange, body, (context) => new SetPrunePolicy({ slug, body, context }));
  }

  @Post('prune')
  @Operation({
    id: 'pruneVersions',
    summary: 'Give up the content of old versions now, or say with dryRun which ones it would be',
    access: 'script:prune',
    command: true,
    params: ofScript,
    body: pruneVersionsBody,
    answer: pruneAnswer,
    refusals: ['script-not-found', 'slug-retired'],
  })
  prune(
    @Exchange() exchange: HttpExchange,
    @Slug() slug: string,
    @ValidBody(pruneVersionsBody) body: z.output<typeof pruneVersionsBody>,
  ) {
    return this.commands.run(exchange, body, (context) => new PruneVersions({ slug, body, context }));
  }
}
