import { Controller, Post } from '@nestjs/common';
import { ArchiveVersion, BreakGlass } from '@stemma/commands';
import { breakGlassBody, emptyBody, versionAnswer } from '@stemma/contracts';
import type { z } from 'zod';
import { CommandEdge } from '../http/command-edge.js';
import { Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { ofVersion, Slug, ValidBody, VersionNumber } from './parameters.js';

/** Into service without a review, and out of service without a successor. */
@Controller('v1/scripts/:slug/versions/:number')
export class PublishingController {
  constructor(private readonly commands: CommandEdge) {}

  @Post('break-glass')
  @Operation({
    id: 'breakGlass',
    summary: 'Publish without the approvals of the policy, in an emergency: marked for ever, with its reason',
    access: 'version:break-glass',
    command: true,
    params: ofVersion,
    body: breakGlassBody,
    answer: versionAnswer,
    refusals: [
      'script-not-found',
      'slug-retired',
      'version-not-found',
      'version-not-draft',
      'not-head-draft',
      'four-eyes',
      'use-rollback',
      'trigger-required',
    ],
  })
  breakGlass(
    @Exchange() exchange: HttpExchange,
    @Slug() slug: string,
    @VersionNumber() number: number,
    @ValidBody(breakGlassBody) body: z.output<typeof breakGlassBody>,
  ) {
    return this.commands.run(
      exchange,
      body,
      (context) => new BreakGlass({ slug, body: { ...body, number }, context }),
    );
  }

  @Post('archive')
  @Operation({
    id: 'archiveVersion',
    summary: 'Take the active version out of service without another one; a listed script is unlisted',
    access: 'version:publish',
    command: true,
    params: ofVersion,
    body: emptyBody,
    answer: versionAnswer,
    refusals: ['script-not-found', 'slug-retired', 'version-not-found', 'version-not-active'],
  })
  archive(
    @Exchange() exchange: HttpExchange,
    @Slug() slug: string,
    @VersionNumber() number: number,
    @ValidBody(emptyBody) body: z.output<typeof emptyBody>,
  ) {
    return this.commands.run(
      exchange,
      body,
      (context) => new ArchiveVersion({ slug, body: { number }, context }),
    );
  }
}
