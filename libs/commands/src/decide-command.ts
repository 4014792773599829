import {
  type ApiKeyCommand,
  type ApiKeyState,
  id,
  type Meta,
  type PrincipalCommand,
  type PrincipalState,
  refuse,
  type RouteCommand,
  type RouteState,
  type RunCommand,
  type RunState,
  type ScriptCommand,
  type ScriptState,
  type SecretCommand,
  type SecretState,
  streamName,
  type TenantCommand,
  type TenantState,
  type TenantTerms,
} from '@stemma/domain';
import type { Aggregate, EventStore, RecordedEvent } from '@stemma/event-store';
import { type CommandAnswer, metadataOf } from './command-context.js';
import type { CommandDefinition, Request } from './define-command.js';

/** What commands are decided with. The clock is here and nowhere deeper. */
export interface CommandShell {
  readonly store: EventStore;
  readonly script: Aggregate<ScriptState, ScriptCommand>;
  readonly run: Aggregate<RunState, RunCommand>;
  readonly route: Aggregate<RouteState, RouteCommand>;
  readonly apikey: Aggregate<ApiKeyState, ApiKeyCommand>;
  readonly principal: Aggregate<PrincipalState, PrincipalCommand>;
  readonly secret: Aggregate<SecretState, SecretCommand>;
  readonly tenant: Aggregate<TenantState, TenantCommand>;
  readonly termsOf: TermsOf;
  readonly clock: () => Date;
  readonly release: string;
}

/** What a tenant says to its commands at this moment. */
export type TermsOf = (tenantId: string) => Promise<TenantTerms>;

export interface Preparation {
  /** What the decision sees instead of the request's body. */
  readonly data?: object;
  /** Done after each decision that stores something and before it is stored. */
  readonly beforeAppend?: () => Promise<void>;
  /** Done with the stored events, those of a replay too: it must bear being done twice. */
  readonly afterAppend?: (events: readonly RecordedEvent[]) => Promise<void>;
  /**
   * What a repetition of the command cannot make again (the hash of a new secret, a random name): part of the event's id, so that two
   * who carry out one command at the same time are two to the store (HAZARDS H1), and the second is answered as a replay.
   */
  readonly unrepeatable?: string;
}

/** Decides one command on its stream, stores what follows, and answers. Throws `Rejection` and the errors of the log. */
export async function decideCommand(
  shell: CommandShell,
  definition: CommandDefinition,
  request: Request<unknown>,
  { data = request.body as object, beforeAppend, afterAppend, unrepeatable }: Preparation = {},
): Promise<CommandAnswer> {
  const { context } = request;
  if (definition.needsBase) requireSomeBase(data, context.ifMatch);
  const { commandId, bodyHash, tenantId, actor, ifMatch } = context;
  const stream = streamName(definition.category, tenantId, definition.streamId(request));
  const at = shell.clock().toISOString();
  const envelope = {
    commandId,
    bodyHash,
    metadata: metadataOf(context, at, shell.release),
    unrepeatable: unrepeatable !== undefined,
    eventId: (index: number) =>
      id('event', commandId, bodyHash, stream, index, ...(unrepeatable === undefined ? [] : [unrepeatable])),
  };
  const meta: Meta = { tenantId, actor, at };
  const aggregate: Aggregate<unknown, never> = shell[definition.category];
  const { events, revision, position, replayed } = await aggregate.execute(
    stream,
    { type: definition.type, data, meta, tenant: await shell.termsOf(tenantId) } as never,
    envelope,
    {
      create: definition.creates ?? false,
      ifMatch,
      onConflict: definition.needsBase ? 'refuse' : 'retry',
      ...(beforeAppend && { beforeAppend }),
    },
  );
  if (revision === null || position === null)
    throw new Error(`${definition.type} was answered from an empty stream`);
  await afterAppend?.(events);
  return { body: definition.answer(request, events), revision, position, replayed };
}

function requireSomeBase(data: object, ifMatch: bigint | null): void {
  if (ifMatch !== null || ('baseNumber' in data && data.baseNumber !== null)) return;
  refuse(
    'base-required',
    'Say what you saw: send baseNumber (the newest version you know, 0 for none) or If-Match with the ETag of the script.',
  );
}
