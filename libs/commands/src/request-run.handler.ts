import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { isRejection } from '@stemma/decider';
import {
  canonicalJson,
  type Content,
  pinVersion,
  refuse,
  type RunLimits,
  type RunRequested,
  scriptIdOf,
  streamName,
} from '@stemma/domain';
import { randomUUID } from 'node:crypto';
import type { Blobs } from './blobs.js';
import type { CommandAnswer } from './command-context.js';
import { type CommandShell, decideCommand } from './decide-command.js';
import { COMMAND_SHELL } from './handler-of.js';
import { inputFaults } from './input-schema/input-schema.js';
import { type ContentsOf, rememberContents } from './remember-contents.js';
import { RequestRun } from './run-commands.js';

export const BLOBS = Symbol('Blobs');
export const RUN_LIMITS = Symbol('RunLimits');

/** What a run may use when the request does not say. */
export type DefaultLimits = Readonly<Record<'sandbox' | 'production', RunLimits>>;

type Asked = InstanceType<typeof RequestRun>['request'];
type Body = Asked['body'];
type Requested = RunRequested['data'];

/** By hand, because it looks at another stream and puts bytes away: a run names all that it will need (R-A10). */
@CommandHandler(RequestRun)
export class RequestRunHandler implements ICommandHandler<InstanceType<typeof RequestRun>, CommandAnswer> {
  private readonly contents: ContentsOf;

  constructor(
    @Inject(COMMAND_SHELL) private readonly shell: CommandShell,
    @Inject(BLOBS) private readonly blobs: Blobs,
    @Inject(RUN_LIMITS) private readonly limits: DefaultLimits,
  ) {
    this.contents = rememberContents(shell.store);
  }

  async execute({ request }: InstanceType<typeof RequestRun>): Promise<CommandAnswer> {
    const data = await this.pin(request).catch((error: unknown) => this.unlessKnown(request, error));
    // What is pinned may have changed by a repetition: it must not pass for what was stored the first time.
    return decideCommand(this.shell, RequestRun.definition, request, { data, unrepeatable: randomUUID() });
  }

  /** A run that was requested before is answered as then, whatever became of its script since. */
  private async unlessKnown({ runId, context }: Asked, error: unknown): Promise<object> {
    if (!isRejection(error)) throw error;
    const { revision } = await this.shell.run.load(streamName('run', context.tenantId, runId));
    if (revision === null) throw error;
    return {};
  }

  private async pin({ runId, slug, body, context }: Asked): Promise<Requested> {
    const { tenantId } = context;
    const scriptId = scriptIdOf(tenantId, slug);
    // Beside the look at the script: what is refused then names no input, and retention takes the bytes away.
    const putting = this.putInput(tenantId, body);
    putting.catch(() => undefined);
    const script = await this.shell.script.load(streamName('script', tenantId, scriptId));
    const { versionId, number, contentHash } = pinVersion(script.state, {
      context: body.context,
      number: body.version,
      by: context.actor.kind,
    });
    const content =
      (await this.contents({ tenantId, scriptId, contentHash }, number, Promise.resolve(script))) ??
      refuse('content-pruned', `The content of version ${number} was pruned. Run another one.`);
    requireInput(contentHash, content, body.input);
    const [files, input] = await Promise.all([this.findFiles(tenantId, body), putting]);
    const shared = this.limits[body.context];
    const timeoutMs = body.timeoutMs ?? content.settings?.timeoutMs ?? shared.timeoutMs;
    return {
      runId,
      scriptId,
      slug,
      versionId,
      number,
      contentHash,
      runtime: content.runtime,
      context: body.context,
      trigger: { kind: context.actor.kind === 'service' ? 'api' : 'manual' },
      input,
      files,
      limits: { ...shared, timeoutMs },
      retries: retriesOf(content),
      subject: body.subject,
      connector: body.connector,
    };
  }

  private putInput(tenantId: string, { input }: Body): Promise<Requested['input']> {
    return this.blobs.put(tenantId, Buffer.from(canonicalJson(input)));
  }

  private findFiles(tenantId: string, { files }: Body): Promise<Requested['files']> {
    return Promise.all(
      files.map(async ({ name, sha256 }) => {
        const { size } =
          (await this.blobs.stat(tenantId, sha256)) ??
          refuse('file-not-found', `The bytes of ${name} are not here. Upload them first: POST /v1/files.`, {
            name,
            sha256,
          });
        return { name, sha256, size };
      }),
    );
  }
}

function requireInput(contentHash: string, { inputSchema }: Content, input: unknown): void {
  const faults = inputSchema === undefined ? [] : inputFaults(contentHash, inputSchema, input);
  const [first] = faults;
  if (first === undefined) return;
  refuse('input-invalid', `The input is not as the script wants it: ${first.path || '/'} ${first.message}.`, {
    faults,
  });
}

/** Script failures are tried again only where its version says so. */
function retriesOf({ settings }: Content): NonNullable<Requested['retries']> {
  const { max = 0, backoffSeconds = 1 } = settings?.retries ?? {};
  return { max, backoffSeconds };
}
