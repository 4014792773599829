import { Controller, Get, Inject, Post } from '@nestjs/common';
import { type BlobStore, type ExpiredBlob, findExpired, retentionOf } from '@stemma/blob-store';
import { emptyBody, expiredBlobsSchema, sweepAnswer } from '@stemma/contracts';
import { findBlobUses, runs } from '@stemma/projections/runs';
import { callerOf, Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { Refused } from '../http/refused.js';
import { type ApiParts, PARTS } from '../parts.js';
import { ValidBody } from '../scripts/parameters.js';
import { RUN_PARTS, type RunParts } from './run-parts.js';

const SHOWN = 1_000;

/** The bytes of a tenant's runs whose time is over (R-A12). Workers delete them by themselves, every few hours. */
@Controller('v1/blobs')
export class RetentionController {
  constructor(
    @Inject(PARTS) private readonly parts: ApiParts,
    @Inject(RUN_PARTS) private readonly runParts: RunParts,
  ) {}

  @Get('expired')
  @Operation({
    id: 'listExpiredBlobs',
    summary: 'What retention would delete now: a dry run',
    access: 'blob:sweep',
    answer: expiredBlobsSchema,
    refusals: ['runs-parked'],
  })
  async expired(@Exchange() exchange: HttpExchange) {
    const items: object[] = [];
    let [count, bytes] = [0, 0];
    const { expired } = await this.look(exchange);
    for await (const { sha256, size, storedAt, why } of expired) {
      count += 1;
      bytes += size;
      if (items.length < SHOWN) items.push({ sha256, size, storedAt: new Date(storedAt).toISOString(), why });
    }
    return { items, count, bytes, keepDays: this.runParts.keepDays };
  }

  @Post('sweep')
  @Operation({
    id: 'sweepBlobs',
    summary: 'Delete now what retention would delete later',
    access: 'blob:sweep',
    body: emptyBody,
    answer: sweepAnswer,
    status: 200,
    refusals: ['runs-parked'],
  })
  async sweep(@Exchange() exchange: HttpExchange, @ValidBody(emptyBody) _body: object) {
    const { expired, store } = await this.look(exchange);
    let [count, bytes] = [0, 0];
    for await (const { key, size } of expired) {
      if (!(await store.delete(key))) continue;
      count += 1;
      bytes += size;
    }
    const { person, keyId } = callerOf(exchange);
    this.parts.logger.info({ operator: person, keyId, count, bytes }, 'swept the bytes of old runs');
    return { count, bytes };
  }

  private async look(
    exchange: HttpExchange,
  ): Promise<{ readonly store: BlobStore; readonly expired: AsyncIterable<ExpiredBlob> }> {
    const { tenantId } = callerOf(exchange);
    const store = await this.runParts.blobs(tenantId);
    const read = { tenantId, projections: [runs] };
    const usesOf = async (sha256s: readonly string[]) => {
      const ask = { tenantId, sha256s };
      const { value, parked } = await this.parts.readModel.read(read, (db) => findBlobUses(db, ask));
      if (parked.length === 0) return value;
      throw new Refused(
        'runs-parked',
        'What the parked runs name is not known: nothing is deleted until then.',
      );
    };
    const retention = retentionOf(this.runParts.keepDays);
    return { store, expired: findExpired(store, retention, usesOf, this.parts.clock().getTime()) };
  }
}
