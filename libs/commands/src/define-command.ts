import {
  type ApiKeyEvent,
  id,
  type PrincipalEvent,
  type RunEvent,
  type ScriptEvent,
  scriptIdOf,
  type SecretEvent,
  secretIdOf,
  type TenantEvent,
} from '@stemma/domain';
import type { z } from 'zod';
import type { CommandContext } from './command-context.js';

/** A validated request: `body` is the output of the command's schema. */
export interface Request<Body> {
  readonly body: Body;
  readonly context: CommandContext;
}

export interface ScriptRequest<Body> extends Request<Body> {
  readonly slug: string;
}

export interface RunRequest<Body> extends Request<Body> {
  readonly runId: string;
}

export interface ApiKeyRequest<Body> extends Request<Body> {
  readonly keyId: string;
}

export interface PrincipalRequest<Body> extends Request<Body> {
  readonly subject: string;
}

export interface SecretRequest<Body> extends Request<Body> {
  readonly name: string;
}

export type Answer = Readonly<Record<string, unknown>>;

/** What the generic handler needs to know of a command. */
export interface CommandDefinition {
  readonly type: string;
  readonly category: 'script' | 'run' | 'apikey' | 'principal' | 'secret' | 'tenant';
  /** The stream within its category and tenant. */
  streamId(request: Request<unknown>): string;
  /** Its author must have seen what he changes (`baseNumber` or `If-Match`), and a conflict is never decided again. */
  readonly needsBase?: true;
  /** The stream is written unread: that it does not exist yet is the check. */
  readonly creates?: true;
  /** A function of the request and the stored events alone, so that a repetition is answered as the first time was. */
  answer(request: Request<unknown>, events: readonly unknown[]): Answer;
}

/** A `@nestjs/cqrs` command class: `bus.execute(new PublishVersion({ slug, body, context }))` answers `CommandAnswer`. */
export interface CommandClass<Schema extends z.ZodType, Req> {
  new (request: Req): { readonly request: Req };
  readonly definition: CommandDefinition;
  readonly schema: Schema;
}

interface Described<Schema extends z.ZodType, Req, Event> {
  readonly type: string;
  readonly schema: Schema;
  readonly needsBase?: true;
  readonly creates?: true;
  answer(request: Req, events: readonly Event[]): Answer;
}

export const scriptCommand = <Schema extends z.ZodType>(
  described: Described<Schema, ScriptRequest<z.output<Schema>>, ScriptEvent>,
): CommandClass<Schema, ScriptRequest<z.output<Schema>>> =>
  commandClass(described.schema, {
    ...described,
    category: 'script',
    streamId: ({ slug, context }: ScriptRequest<unknown>) => scriptIdOf(context.tenantId, slug),
  });

export const runCommand = <Schema extends z.ZodType, More = unknown>(
  described: Described<Schema, RunRequest<z.output<Schema>> & More, RunEvent>,
): CommandClass<Schema, RunRequest<z.output<Schema>> & More> =>
  commandClass(described.schema, {
    ...described,
    category: 'run',
    streamId: ({ runId }: RunRequest<unknown>) => runId,
  });

export const apiKeyCommand = <Schema extends z.ZodType, More = unknown>(
  described: Described<Schema, ApiKeyRequest<z.output<Schema>> & More, ApiKeyEvent>,
): CommandClass<Schema, ApiKeyRequest<z.output<Schema>> & More> =>
  commandClass(described.schema, {
    ...described,
    category: 'apikey',
    streamId: ({ keyId }: ApiKeyRequest<unknown>) => keyId,
  });

export const principalCommand = <Schema extends z.ZodType>(
  described: Described<Schema, PrincipalRequest<z.output<Schema>>, PrincipalEvent>,
): CommandClass<Schema, PrincipalRequest<z.output<Schema>>> =>
  commandClass(described.schema, {
    ...described,
    category: 'principal',
    streamId: ({ subject, context }: PrincipalRequest<unknown>) => id('principal', context.tenantId, subject),
  });

export const secretCommand = <Schema extends z.ZodType>(
  described: Described<Schema, SecretRequest<z.output<Schema>>, SecretEvent>,
): CommandClass<Schema, SecretRequest<z.output<Schema>>> =>
  commandClass(described.schema, {
    ...described,
    category: 'secret',
    streamId: ({ name, context }: SecretRequest<unknown>) => secretIdOf(context.tenantId, name),
  });

/** About the tenant of the context, whoever acts: for others than their own the edge asks for more. */
export const tenantCommand = <Schema extends z.ZodType, More = unknown>(
  described: Described<Schema, Request<z.output<Schema>> & More, TenantEvent>,
): CommandClass<Schema, Request<z.output<Schema>> & More> =>
  commandClass(described.schema, {
    ...described,
    category: 'tenant',
    streamId: ({ context }: Request<unknown>) => context.tenantId,
  });

function commandClass<Schema extends z.ZodType, Req>(
  schema: Schema,
  definition: CommandDefinition,
): CommandClass<Schema, Req> {
  const command = class {
    static readonly definition = definition;
    static readonly schema = schema;

    constructor(readonly request: Req) {}
  };
  Object.defineProperty(command, 'name', { value: definition.type });
  return command;
}
