import { z } from 'zod';

/** One event of a script, as stored: what happened, who did it, when, and where it stands in the log. */
export const historyEntrySchema = z.strictObject({
  eventId: z.uuid(),
  type: z.string(),
  revision: z.string().describe('In the stream of the script; decimal'),
  position: z.string().describe('In the log; decimal'),
  at: z.iso.datetime(),
  actor: z.strictObject({ kind: z.string(), id: z.string(), via: z.string().nullable() }),
  commandId: z.string(),
  correlationId: z.string(),
  data: z.record(z.string(), z.json()),
});

export const historySchema = z.strictObject({
  items: z.array(historyEntrySchema),
  next: z.string().nullable().describe('The `after` of the next page; null when this was the end'),
});
