import {
  id,
  type RouteCommand,
  type RouteState,
  routeStreamOf,
  type ScriptEvent,
  streamName,
  type Trigger,
} from '@stemma/domain';
import type { Executed, RecordedEvent } from '@stemma/event-store';
import { type CommandContext, metadataOf } from './command-context.js';
import type { CommandShell } from './decide-command.js';

type Route = Extract<Trigger, { kind: 'http' }>;

interface Claimant {
  readonly scriptId: string;
  readonly slug: string;
  readonly triggerId: string;
}

/** Claims a path for a trigger that is about to be set. Throws `route-taken`. */
export async function claimRoute(
  shell: CommandShell,
  context: CommandContext,
  route: Route,
  claimant: Claimant,
): Promise<void> {
  const { method, path } = route;
  const { state } = await shell.route.load(routeStreamOf(context.tenantId, method, path));
  const idleOwner = await idleOwnerOf(shell, context.tenantId, route, state);
  await decideRoute(shell, context, route, {
    type: 'ClaimRoute',
    data: { method, path, ...claimant, idleOwner },
  });
}

/** The owner, if its script does not have the trigger that it claimed the route for. */
async function idleOwnerOf(
  shell: CommandShell,
  tenantId: string,
  { method, path }: Route,
  { owner }: RouteState,
) {
  if (owner === null) return null;
  const { scriptId, triggerId } = owner;
  const { state } = await shell.script.load(streamName('script', tenantId, scriptId));
  const uses =
    state.exists &&
    state.triggers.some(
      ({ triggerId: other, trigger }) =>
        other === triggerId && trigger.kind === 'http' && trigger.method === method && trigger.path === path,
    );
  return uses ? null : { scriptId, triggerId };
}

/** Releases the paths of the triggers that `events` removed. Done twice, it changes nothing more. */
export async function releaseRoutes(
  shell: CommandShell,
  context: CommandContext,
  events: readonly RecordedEvent[],
): Promise<void> {
  for (const { type, data, metadata } of events) {
    const event = { type, data } as ScriptEvent;
    if (event.type !== 'TriggerRemoved' || event.data.trigger.kind !== 'http') continue;
    const { scriptId, triggerId, trigger } = event.data;
    const { method, path } = trigger;
    const removedAt = (metadata as { readonly at: string }).at;
    await decideRoute(shell, context, trigger, {
      type: 'ReleaseRoute',
      data: { method, path, scriptId, triggerId, removedAt },
    });
  }
}

type Decision = RouteCommand extends infer Each
  ? Each extends RouteCommand
    ? Omit<Each, 'meta'>
    : never
  : never;

/** Each attempt is a command of its own: what an earlier one stored may have been undone by another script since. */
function decideRoute(
  shell: CommandShell,
  context: CommandContext,
  { method, path }: Route,
  decision: Decision,
): Promise<Executed<RouteState>> {
  const { tenantId, actor, bodyHash } = context;
  const stream = routeStreamOf(tenantId, method, path);
  const at = shell.clock().toISOString();
  const commandId = id(decision.type, context.commandId, stream, at);
  const envelope = {
    commandId,
    bodyHash,
    metadata: metadataOf({ ...context, commandId, causationId: context.commandId }, at, shell.release),
    eventId: (index: number) => id('event', commandId, bodyHash, stream, index),
  };
  const command: RouteCommand = { ...decision, meta: { tenantId, actor, at } };
  return shell.route.execute(stream, command, envelope, { onConflict: 'retry' });
}
