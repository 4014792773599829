import type { ProblemKind } from './problem-kind.js';

/** Refusals of the script stream. */
export const scriptKinds = {
  'base-required': {
    status: 428,
    title: 'The base of the change is missing',
    remedy:
      'Say what you saw when you began: send `baseNumber` (the newest version number, 0 when there is none) or `If-Match` with the ETag of the script. Nobody’s work is overwritten unseen.',
  },
  'content-pruned': {
    status: 410,
    title: 'The content of this version was pruned',
    remedy: 'Its history and its hash are kept, its bytes are not. Choose another version.',
  },
  'four-eyes': {
    status: 403,
    title: 'Somebody else has to do this',
    remedy: 'Nobody approves or publishes their own version. Ask another person.',
  },
  'not-approved': {
    status: 409,
    title: 'The version lacks approvals',
    remedy: 'Ask another reviewer to approve it, then publish again.',
  },
  'not-head-draft': {
    status: 409,
    title: 'There is a newer draft',
    remedy: 'Only the newest draft can be submitted: submit that one, or save this content again.',
  },
  'review-in-progress': {
    status: 409,
    title: 'Another version is in review',
    remedy: 'Finish that review, or withdraw it. One version is in review at a time.',
  },
  'route-taken': {
    status: 409,
    title: 'The path belongs to another trigger',
    remedy: 'Remove that trigger first, or choose another method or path. A path is claimed once per tenant.',
  },
  'schema-invalid': {
    status: 400,
    title: 'The input schema cannot be used',
    remedy:
      'Mend what `faults` names. It is JSON Schema 2020-12 without references out of it, circles, or patterns that look back.',
  },
  'script-exists': {
    status: 409,
    title: 'The slug is taken',
    remedy: 'Save a draft to the script that exists, or choose another slug.',
  },
  'script-not-found': {
    status: 404,
    title: 'There is no such script',
    remedy: 'Check the slug. GET /v1/scripts lists what there is; POST /v1/scripts creates one.',
  },
  'slug-retired': {
    status: 409,
    title: 'The script was retired',
    remedy:
      'Its history stays readable, and its slug is never given out again. Create a script with another slug.',
  },
  'stale-base': {
    status: 409,
    title: 'There is a newer version than the one you began with',
    remedy: 'Look at `head`, bring your change on top of it, and send its number as `baseNumber`.',
  },
  'too-many-triggers': {
    status: 409,
    title: 'The script has as many triggers as it may',
    remedy: 'Remove one that is not needed any more: DELETE /v1/scripts/{slug}/triggers/{name}.',
  },
  'trigger-exists': {
    status: 409,
    title: 'The script has this trigger under another name',
    remedy: 'Change or remove that one; the same trigger twice would run everything twice.',
  },
  'trigger-not-of-type': {
    status: 409,
    title: 'Scripts of this type take no such trigger',
    remedy:
      'A `cron` script takes cron triggers, an `http` script takes http triggers, others take none. The type of a script never changes: create one of the type you need.',
  },
  'trigger-required': {
    status: 409,
    title: 'The script has no trigger yet',
    remedy: 'Set one first: PUT /v1/scripts/{slug}/triggers/{name}. What is published must be able to run.',
  },
  'use-rollback': {
    status: 409,
    title: 'That version is older than the active one',
    remedy:
      'Use POST /v1/scripts/{slug}/rollback if it was once active; else save its content as a new draft.',
  },
  'version-never-active': {
    status: 409,
    title: 'That version was never active',
    remedy: 'Submit it for review: only content that once passed review can be rolled back to.',
  },
  'version-not-active': {
    status: 409,
    title: 'The version is not active',
    remedy: 'Only the active version is taken out of service. GET /v1/scripts/{slug} says which one that is.',
  },
  'version-not-draft': {
    status: 409,
    title: 'The version is not a draft',
    remedy: 'Only a draft can be submitted. Save a new one.',
  },
  'version-not-found': {
    status: 404,
    title: 'There is no such version',
    remedy: 'Check the number. GET /v1/scripts/{slug}/versions lists what there is.',
  },
  'version-not-in-review': {
    status: 409,
    title: 'The version is not in review',
    remedy: 'Submit it for review first.',
  },
} as const satisfies Readonly<Record<string, ProblemKind>>;
