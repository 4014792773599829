import { Controller, Get, Inject, Param, Post } from '@nestjs/common';
import {
  dropParkedBody,
  listParkedQuery,
  parkedEventSchema,
  parkedListSchema,
  projectionParameter,
  retryAnswer,
  retryParkedBody,
  streamParameter,
} from '@stemma/contracts';
import type { z } from 'zod';
import { Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { Refused } from '../http/refused.js';
import { ZodPipe } from '../http/zod.pipe.js';
import { type ApiParts, PARTS } from '../parts.js';
import { ValidBody, ValidQuery } from '../scripts/parameters.js';
import { OpsEdge } from './ops-edge.js';

const ofProjection = { projection: projectionParameter };
const ofStream = { ...ofProjection, stream: streamParameter };
const Projection = () => Param('projection', new ZodPipe(projectionParameter, '{projection}'));
const Stream = () => Param('stream', new ZodPipe(streamParameter, '{stream}'));

/** Streams that a projection cannot go on with: looked at, tried again, or passed over. */
@Controller('v1/ops/projections')
export class ParkedController {
  constructor(
    private readonly edge: OpsEdge,
    @Inject(PARTS) private readonly parts: ApiParts,
  ) {}

  @Get('parked')
  @Operation({
    id: 'listParked',
    summary: 'Streams that a projection cannot go on with, and why',
    access: 'projection:read',
    query: listParkedQuery,
    answer: parkedListSchema,
    refusals: ['projection-not-found'],
  })
  async list(
    @Exchange() exchange: HttpExchange,
    @ValidQuery(listParkedQuery) { projection }: z.output<typeof listParkedQuery>,
  ) {
    this.edge.operatorOf(exchange);
    if (projection !== undefined) await this.edge.named([projection]);
    return { items: await this.edge.ops.parked(projection) };
  }

  @Get(':projection/parked/:stream')
  @Operation({
    id: 'showParked',
    summary: 'A parked stream, with the event that cannot be applied',
    access: 'projection:read',
    params: ofStream,
    answer: parkedEventSchema,
    refusals: ['projection-not-found', 'not-parked'],
  })
  async show(@Exchange() exchange: HttpExchange, @Projection() projection: string, @Stream() stream: string) {
    this.edge.operatorOf(exchange);
    await this.edge.named([projection]);
    const parked = (await this.edge.ops.parked(projection)).find((one) => one.stream === stream);
    if (!parked) throw notParked(projection, stream);
    for await (const { data, metadata } of this.parts.store.readStream(stream, {
      from: BigInt(parked.revision),
      limit: 1,
    }))
      return { ...parked, event: { data, metadata } };
    throw notParked(projection, stream);
  }

  @Post(':projection/parked/retry')
  @Operation({
    id: 'retryParked',
    summary: 'Try parked streams again',
    access: 'projection:operate',
    command: true,
    params: ofProjection,
    body: retryParkedBody,
    answer: retryAnswer,
    refusals: ['projection-not-found', 'not-parked'],
  })
  async retry(
    @Exchange() exchange: HttpExchange,
    @Projection() projection: string,
    @ValidBody(retryParkedBody) body: z.output<typeof retryParkedBody>,
  ) {
    const { stream } = body;
    this.edge.operatorOf(exchange);
    await this.edge.named([projection]);
    const parked = await this.edge.ops.parked(projection);
    if (stream !== undefined && !parked.some((one) => one.stream === stream))
      throw notParked(projection, stream);
    const data = { projection, stream: stream ?? null };
    await this.edge.record(exchange, body, { type: 'ParkedStreamsRetried', data });
    return { projection, retried: await this.edge.ops.retryParked(projection, stream) };
  }

  @Post(':projection/parked/drop')
  @Operation({
    id: 'dropParked',
    summary: 'Pass an event over for good, in every build there will ever be',
    access: 'projection:operate',
    command: true,
    params: ofProjection,
    body: dropParkedBody,
    answer: retryAnswer,
    refusals: ['projection-not-found', 'not-parked'],
  })
  async drop(
    @Exchange() exchange: HttpExchange,
    @Projection() projection: string,
    @ValidBody(dropParkedBody) body: z.output<typeof dropParkedBody>,
  ) {
    this.edge.operatorOf(exchange);
    await this.edge.named([projection]);
    const metadata = this.edge.metadataOf(exchange, body);
    const dropped = await this.edge.ops.dropParked({ projection, ...body, metadata });
    if (!dropped) throw notParked(projection, body.stream);
    return { projection, retried: 1 };
  }
}

const notParked = (projection: string, stream: string): Refused =>
  new Refused(
    'not-parked',
    `${projection} has not parked ${stream}, or another event parks it by now. Look at GET /v1/ops/projections/parked.`,
  );
