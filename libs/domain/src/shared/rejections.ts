import { Rejection } from '@stemma/decider';

/** Every reason for which the business refuses. Closed: HTTP maps each one, and a missing mapping does not compile. */
export type RejectionCode =
  | 'attempt-out-of-order'
  | 'attempt-superseded'
  | 'base-required'
  | 'content-pruned'
  | 'file-not-found'
  | 'first-tenant'
  | 'four-eyes'
  | 'input-invalid'
  | 'input-too-large'
  | 'key-exists'
  | 'key-expired'
  | 'key-not-found'
  | 'no-active-version'
  | 'not-active'
  | 'not-approved'
  | 'not-head-draft'
  | 'own-principal'
  | 'principal-exists'
  | 'principal-not-found'
  | 'review-in-progress'
  | 'route-taken'
  | 'run-cancelled'
  | 'run-exists'
  | 'run-finished'
  | 'run-not-found'
  | 'script-disabled'
  | 'script-exists'
  | 'script-not-found'
  | 'schema-invalid'
  | 'secret-changed'
  | 'secret-not-found'
  | 'services-only'
  | 'slug-retired'
  | 'stale-base'
  | 'tenant-exists'
  | 'tenant-not-found'
  | 'tenant-suspended'
  | 'too-many-triggers'
  | 'trigger-exists'
  | 'trigger-not-of-type'
  | 'trigger-required'
  | 'use-rollback'
  | 'version-never-active'
  | 'version-not-active'
  | 'version-not-draft'
  | 'version-not-found'
  | 'version-not-in-review';

/** Refuses, with a message that tells a person what to do next. */
export function refuse(
  code: RejectionCode,
  message: string,
  details?: Readonly<Record<string, unknown>>,
): never {
  throw new Rejection<RejectionCode>(code, message, details);
}
