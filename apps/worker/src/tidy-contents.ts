import type { CommandBus } from '@nestjs/cqrs';
import {
  type CommandContext,
  hashJson,
  id,
  isRejection,
  PruneVersions,
  sweepContent,
  type SweepParts,
} from '@stemma/commands';
import type { PrunePolicy } from '@stemma/domain/events';
import { RevisionConflict, StreamBusy } from '@stemma/event-store';
import type { Logger } from '@stemma/observability';
import type { PrunedContent, PrunedPage } from '@stemma/projections/versions';

export interface ScheduledPrune {
  readonly tenantId: string;
  readonly scriptId: string;
  readonly slug: string;
  readonly policy: PrunePolicy;
}

export interface TidyParts extends SweepParts {
  readonly bus: CommandBus;
  /** Contents of all tenants that were given up since an instant, a page at a time. */
  readonly listPruned: (page: PrunedPage) => Promise<readonly PrunedContent[]>;
  readonly listPolicies: () => Promise<readonly ScheduledPrune[]>;
  readonly log: Logger;
}

/** How far the clocks of those who prune, and the projector, may lag behind each other. */
const OVERLAP_MS = 3_600_000;

/**
 * A pass over what is given up: prunes by the scripts' own policies, then deletes the bytes of pruned content. Each pass
 * goes on where the last one found something that was too young. Two workers at once, or a pass that is lost, change nothing.
 */
export function openTidying(parts: TidyParts): () => Promise<void> {
  let since = new Date(0).toISOString();
  return async () => {
    for (const due of await parts.listPolicies()) await pruneBySchedule(parts, due);
    since = await sweepSince(parts, since);
  };
}

/** Where the next pass begins. */
async function sweepSince(parts: TidyParts, since: string): Promise<string> {
  let firstLeft: string | undefined;
  let newest = since;
  for await (const { prunedAt, number: _, ...name } of prunedSince(parts, since)) {
    const swept = await sweepContent(parts, name);
    if (swept === 'young' || swept === 'moved') firstLeft ??= prunedAt;
    if (swept === 'deleted') parts.log.info(name, 'the bytes of pruned content are deleted');
    newest = prunedAt;
  }
  return earlier(firstLeft ?? newest);
}

/** Page after page, to the end: were there a limit, more in an hour than it would hide all later ones for ever. */
async function* prunedSince({ listPruned }: TidyParts, since: string): AsyncGenerator<PrunedContent> {
  let page = await listPruned({ since });
  while (page.length > 0) {
    yield* page;
    page = await listPruned({ since, after: page.at(-1) });
  }
}

const earlier = (instant: string): string =>
  new Date(Math.max(0, Date.parse(instant) - OVERLAP_MS)).toISOString();

/** One command per script and hour, whichever worker sends it: the next hour takes what a thousand at once left. */
async function pruneBySchedule(parts: TidyParts, due: ScheduledPrune): Promise<void> {
  const { tenantId, scriptId, slug, policy } = due;
  const hour = parts.clock().toISOString().slice(0, 13);
  const body = { ...policy, dryRun: false };
  const commandId = id('scheduled-prune', scriptId, hour, hashJson(policy));
  const context: CommandContext = {
    tenantId,
    actor: { kind: 'schedule', id: 'prune-policy', via: null },
    commandId,
    bodyHash: hashJson(body),
    correlationId: commandId,
    causationId: commandId,
    ifMatch: null,
  };
  try {
    await parts.bus.execute(new PruneVersions({ slug, body, context }));
  } catch (error) {
    if (!isOfOneScript(error)) throw error;
    parts.log.debug({ err: error, scriptId }, 'a script with a prune policy is not pruned now');
  }
}

/** A script that refuses, or is written to faster than it can be pruned, is for a later pass; the others are not. */
const isOfOneScript = (error: unknown): boolean =>
  isRejection(error) || error instanceof RevisionConflict || error instanceof StreamBusy;
