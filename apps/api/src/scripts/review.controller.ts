import { Controller, Post } from '@nestjs/common';
import {
  ApproveVersion,
  PublishVersion,
  RequestChanges,
  SubmitForReview,
  WithdrawSubmission,
} from '@stemma/commands';
import {
  approveVersionBody,
  emptyBody,
  type ProblemCode,
  requestChangesBody,
  versionAnswer,
} from '@stemma/contracts';
import type { z } from 'zod';
import type { Permission } from '../identity/permissions.js';
import { CommandEdge } from '../http/command-edge.js';
import { Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { ofVersion, Slug, ValidBody, VersionNumber } from './parameters.js';

type EmptyBody = z.output<typeof emptyBody>;

const step = (
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
    params: ofVersion,
    body,
    answer: versionAnswer,
    refusals: ['script-not-found', 'slug-retired', 'version-not-found', ...refusals],
  });

/** The way of a version from draft to active, step by step. */
@Controller('v1/scripts/:slug/versions/:number')
export class ReviewController {
  constructor(private readonly commands: CommandEdge) {}

  @Post('submit')
  @step('submitForReview', 'Submit the newest draft for review', 'script:write', [
    'version-not-draft',
    'not-head-draft',
    'review-in-progress',
  ])
  submit(
    @Exchange() exchange: HttpExchange,
    @Slug() slug: string,
    @VersionNumber() number: number,
    @ValidBody(emptyBody) body: EmptyBody,
  ) {
    return this.commands.run(
      exchange,
      body,
      (context) => new SubmitForReview({ slug, body: { number }, context }),
    );
  }

  @Post('withdraw')
  @step('withdrawSubmission', 'Take a version out of review', 'script:write', ['version-not-in-review'])
  withdraw(
    @Exchange() exchange: HttpExchange,
    @Slug() slug: string,
    @VersionNumber() number: number,
    @ValidBody(emptyBody) body: EmptyBody,
  ) {
    return this.commands.run(
      exchange,
      body,
      (context) => new WithdrawSubmission({ slug, body: { number }, context }),
    );
  }

  @Post('approve')
  @step(
    'approveVersion',
    'Approve a version in review',
    'version:review',
    ['version-not-in-review', 'four-eyes'],
    approveVersionBody,
  )
  approve(
    @Exchange() exchange: HttpExchange,
    @Slug() slug: string,
    @VersionNumber() number: number,
    @ValidBody(approveVersionBody) body: z.output<typeof approveVersionBody>,
  ) {
    return this.commands.run(
      exchange,
      body,
      (context) => new ApproveVersion({ slug, body: { ...body, number }, context }),
    );
  }

  @Post('request-changes')
  @step(
    'requestChanges',
    'Send a version back to its author, with words',
    'version:review',
    ['version-not-in-review'],
    requestChangesBody,
  )
  requestChanges(
    @Exchange() exchange: HttpExchange,
    @Slug() slug: string,
    @VersionNumber() number: number,
    @ValidBody(requestChangesBody) body: z.output<typeof requestChangesBody>,
  ) {
    return this.commands.run(
      exchange,
      body,
      (context) => new RequestChanges({ slug, body: { ...body, number }, context }),
    );
  }

  @Post('publish')
  @step('publishVersion', 'Make an approved version the active one', 'version:publish', [
    'version-not-in-review',
    'not-approved',
    'four-eyes',
    'use-rollback',
    'trigger-required',
  ])
  publish(
    @Exchange() exchange: HttpExchange,
    @Slug() slug: string,
    @VersionNumber() number: number,
    @ValidBody(emptyBody) body: EmptyBody,
  ) {
    return this.commands.run(
      exchange,
      body,
      (context) => new PublishVersion({ slug, body: { number }, context }),
    );
  }
}
