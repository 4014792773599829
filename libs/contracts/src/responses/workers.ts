import { z } from 'zod';

const poolPart = z.strictObject({
  runtime: z.string(),
  target: z.int().describe('How many containers are to wait'),
  ready: z.int(),
  starting: z.int(),
  hits: z.int().describe('Runs that found a warm container'),
  misses: z.int().describe('Runs of the default limits that found none'),
  fault: z.string().nullable().describe('What hindered the last start'),
});

/** A worker as it said of itself last. */
export const workerSchema = z.strictObject({
  workerId: z.string(),
  at: z.iso.datetime(),
  alive: z.boolean().describe('Whether it has said so within the last 15 seconds'),
  concurrency: z.int(),
  executing: z.array(z.strictObject({ runId: z.string(), attempt: z.int() })),
  waiting: z.int().describe("Runs that wait for their tenant's turn"),
  pool: z.array(poolPart),
});

export const workerListSchema = z.strictObject({ items: z.array(workerSchema) });
