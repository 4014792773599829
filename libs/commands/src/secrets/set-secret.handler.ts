import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { isRejection } from '@stemma/decider';
import {
  nextLife,
  refuse,
  type SealedSecret,
  secretIdOf,
  type SecretState,
  secretStreamOf,
} from '@stemma/domain';
import { RevisionConflict } from '@stemma/event-store';
import { randomBytes } from 'node:crypto';
import { type CommandAnswer, metadataOf } from '../command-context.js';
import { type CommandShell, decideCommand, type Preparation } from '../decide-command.js';
import { COMMAND_SHELL } from '../handler-of.js';
import { KEY_BYTES, seal } from './cipher.js';
import { findDataKey, storeDataKey, type StoredKey } from './data-key.js';
import type { DataKeyName, Keyring } from './keyring.js';
import { SetSecret } from './secret-commands.js';

export const KEYRING = Symbol('Keyring');

interface NewKey {
  readonly of: DataKeyName;
  readonly dataKey: Uint8Array;
  readonly expected: bigint | 'no_stream';
}

type SetRequest = InstanceType<typeof SetSecret>['request'];

/** Who comes second seals anew, for the version that then is next. */
const TRIES = 4;

/**
 * By hand, because the value is sealed here, before it is decided about: no event, job or answer has it (HAZARDS A8). The
 * hash of the request, by which a repetition is known, is keyed: else values could be tried against it.
 */
@CommandHandler(SetSecret)
export class SetSecretHandler implements ICommandHandler<InstanceType<typeof SetSecret>, CommandAnswer> {
  constructor(
    @Inject(COMMAND_SHELL) private readonly shell: CommandShell,
    @Inject(KEYRING) private readonly keyring: Keyring,
  ) {}

  async execute({ request }: InstanceType<typeof SetSecret>): Promise<CommandAnswer> {
    const bodyHash = this.keyring.fingerprint(request.context.bodyHash);
    const guarded = { ...request, context: { ...request.context, bodyHash } };
    for (let tries = 1; ; tries += 1) {
      try {
        return await decideCommand(this.shell, SetSecret.definition, guarded, await this.prepare(guarded));
      } catch (error) {
        if (!isRejection(error) || error.code !== 'secret-changed' || tries === TRIES) throw error;
      }
    }
  }

  private async prepare(request: SetRequest): Promise<Preparation> {
    const { name, body, context } = request;
    const { tenantId } = context;
    const { state } = await this.shell.secret.load(secretStreamOf(tenantId, name));
    const of = { tenantId, secretId: secretIdOf(tenantId, name), life: nextLife(state) };
    const stored = await findDataKey(this.shell.store, of);
    const known = stored && this.tryUnwrap(stored, tenantId);
    const dataKey = known ?? randomBytes(KEY_BYTES);
    const data = sealed(request, state, dataKey);
    const expected = stored?.revision ?? 'no_stream';
    return {
      data: { ...data, description: body.description, sandbox: body.sandbox },
      unrepeatable: data.sealed.bytes,
      ...(!known && { beforeAppend: () => this.keep(request, { of, dataKey, expected }) }),
    };
  }

  /** A key that cannot be had any more gives way to a new one: what it sealed is lost already. */
  private tryUnwrap({ wrapped }: StoredKey, tenantId: string): Uint8Array | undefined {
    try {
      return this.keyring.unwrap(wrapped, tenantId);
    } catch {
      return undefined;
    }
  }

  /** The key stands in the log before what it sealed does. */
  private async keep({ name, context }: SetRequest, { of, dataKey, expected }: NewKey): Promise<void> {
    const { shell, keyring } = this;
    const metadata = metadataOf(context, shell.clock().toISOString(), shell.release);
    try {
      await storeDataKey(shell.store, of, keyring.wrap(dataKey, of), { metadata, expected });
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error;
      refuse('secret-changed', `${name} was set by somebody else at this moment. Set it again.`);
    }
  }
}

function sealed({ name, body, context }: SetRequest, state: SecretState, dataKey: Uint8Array): SealedSecret {
  const version = state.version + 1;
  const place = ['value', context.tenantId, name, version] as const;
  return { name, version, life: nextLife(state), sealed: seal(dataKey, Buffer.from(body.value), place) };
}
