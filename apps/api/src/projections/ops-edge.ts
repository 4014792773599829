import { Inject, Injectable } from '@nestjs/common';
import { type CommandContext, hashJson, id, LOCAL_TENANT_ID } from '@stemma/commands';
import { projections } from '@stemma/projections';
import type { JobKind, JobOptions, JobReport, OperatorAct, ProjectionOps } from '@stemma/read-model';
import { contextOf } from '../http/command-edge.js';
import { callerOf, type HttpExchange } from '../http/exchange.js';
import { Refused } from '../http/refused.js';
import type { Caller } from '../identity/caller.js';
import { type ApiParts, PARTS } from '../parts.js';

const names: readonly string[] = projections.map(({ name }) => name);

/** A job as it is asked for. */
export interface JobRequest {
  readonly kind: JobKind;
  readonly projections: readonly string[];
  readonly options?: JobOptions;
}

/** Where a request becomes an operator's act: by whom, on which projections. */
@Injectable()
export class OpsEdge {
  readonly ops: ProjectionOps;

  constructor(@Inject(PARTS) private readonly parts: ApiParts) {
    this.ops = parts.ops;
  }

  /** Builds hold the rows of all tenants: people of the first tenant operate them, and nobody else. */
  operatorOf(exchange: HttpExchange): Caller {
    const caller = callerOf(exchange);
    if (caller.tenantId === LOCAL_TENANT_ID) return caller;
    throw new Refused(
      'forbidden',
      'Projections hold the rows of all tenants: only operators of the first tenant look after them.',
    );
  }

  /** @throws Refused for a name that neither this release nor any build has */
  async named(wanted: 'all' | readonly string[]): Promise<readonly string[]> {
    if (wanted === 'all') return names;
    const unknown = wanted.filter((name) => !names.includes(name));
    if (unknown.length > 0) {
      const built = new Set((await this.ops.builds()).map(({ projection }) => projection));
      const missing = unknown.find((name) => !built.has(name));
      if (missing !== undefined) throw notFound(missing);
    }
    return [...new Set(wanted)].sort();
  }

  /** Asks a projector for a job. The same Idempotency-Key and body is the same job. */
  async ask(exchange: HttpExchange, body: unknown, { kind, projections: of, options = {} }: JobRequest) {
    const { person } = this.operatorOf(exchange);
    const context = contextOf(exchange, body);
    const { commandId: jobId } = context;
    let job = await this.ops.job(jobId);
    if (!job) {
      const data = { jobId, kind, projections: of, options: { ...options } };
      await this.recordAs(context, { type: 'ProjectionJobRequested', data });
      await this.ops.ask(kind, of, person, options, jobId);
      job = await this.ops.job(jobId);
    }
    if (!job) throw new Refused('job-not-found', 'The job is gone: the read models were removed meanwhile.');
    if (hashJson(asked(job)) !== hashJson({ kind, projections: of, options })) {
      throw new Refused('idempotency-key-reused', 'This Idempotency-Key was used for another job.');
    }
    void exchange.reply.header('Location', `/v1/ops/projections/jobs/${jobId}`);
    return job;
  }

  /** Has the event log say who did what, before it is done. */
  async record(exchange: HttpExchange, body: unknown, act: OperatorAct): Promise<void> {
    await this.recordAs(contextOf(exchange, body), act);
  }

  /** What the event of an operator's act says of who, by which request and when. */
  metadataOf(exchange: HttpExchange, body: unknown) {
    return this.metadataIn(contextOf(exchange, body));
  }

  /** One context an act: without an Idempotency-Key each that is made is another command. */
  private async recordAs(context: CommandContext, act: OperatorAct): Promise<void> {
    const metadata = this.metadataIn(context);
    const eventId = id('event', metadata.commandId, metadata.bodyHash, act.type);
    await this.ops.record(act, metadata, eventId);
    this.parts.logger.info({ operator: metadata.actor.id, ...act.data }, act.type);
  }

  private metadataIn({ commandId, bodyHash, correlationId, causationId, actor }: CommandContext) {
    const { release, clock } = this.parts;
    return { commandId, bodyHash, correlationId, causationId, actor, release, at: clock().toISOString() };
  }
}

const asked = ({ kind, projections: of, options }: JobReport) => ({ kind, projections: of, options });

const notFound = (name: string): Refused =>
  new Refused(
    'projection-not-found',
    `There is no projection ${name}. GET /v1/ops/projections lists what there is: ${names.join(', ')}.`,
  );
