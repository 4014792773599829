import { z } from 'zod';

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be the name of a projection: lower case, digits and -')
  .describe('As GET /v1/ops/projections names it');

const projections = z.union([z.literal('all'), z.array(name).min(1).max(50)]).describe('By name, or `all`');
const build = z.int().min(1).describe('The number of a build');

export const projectionParameter = name;
export const jobIdParameter = z.uuid('must be a UUID').describe('As the answer to its request named it');
export const streamParameter = z.string().min(1).max(500).describe('The name of the stream');

/** Pause, resume, verify, roll back and abort say nothing but what they are about. */
export const projectionsBody = z.strictObject({ projections });

export const rebuildBody = z.strictObject({
  projections,
  swap: z.boolean().default(true).describe('false: leave the new build beside the one that is read'),
  acceptParked: z.boolean().default(false).describe('Swap although streams are parked'),
  acceptDifferences: z
    .boolean()
    .default(false)
    .describe('Swap although rows differ, because those that are read are wrong'),
});

export const swapBody = z.strictObject({
  projections,
  build: build.optional(),
  acceptParked: z.boolean().default(false),
  acceptDifferences: z.boolean().default(false),
});

export const dropBody = z.strictObject({
  projections,
  build: build.optional().describe('One build that is not read; without it all of them'),
  version: z.int().min(1).optional().describe('What another release left of this version, with its views'),
});

export const retryParkedBody = z.strictObject({
  stream: streamParameter.optional().describe('One stream; without it all of the projection'),
});

export const dropParkedBody = z.strictObject({
  stream: streamParameter,
  eventId: z.uuid('must be a UUID').describe('The event that parks it, as you saw it'),
  reason: z.string().trim().min(1).max(2_000).describe('Why it is passed over: stands in the log for good'),
});

const limit = z
  .string()
  .regex(/^(0|[1-9]\d{0,6})$/, 'must be a whole number')
  .transform(Number)
  .pipe(z.int().min(1).max(200))
  .default(50);

export const listActsQuery = z.strictObject({ limit });
export const listJobsQuery = z.strictObject({ limit });
export const listCertificatesQuery = z.strictObject({ projection: name.optional(), limit });
export const listParkedQuery = z.strictObject({ projection: name.optional() });
