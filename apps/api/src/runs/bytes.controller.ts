import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ApiProduces } from '@nestjs/swagger';
import { BlobFault, blobKeyOf, type ByteRange } from '@stemma/blob-store';
import { artifactParameter, fileAnswer } from '@stemma/contracts';
import { findRun, type RunRow, runs } from '@stemma/projections/runs';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { QueryEdge } from '../http/query-edge.js';
import { ZodPipe } from '../http/zod.pipe.js';
import { fileNotFound, runNotFound } from './not-found.js';
import { ofRun, RunId } from './runs.controller.js';
import { RUN_PARTS, type RunParts } from './run-parts.js';
import { sendBytes, type Sent } from './send-bytes.js';

/** Without a way of its own to be opened it is a blob. */
type Wanted = Omit<Sent, 'open'> & Partial<Pick<Sent, 'open'>>;

@Controller('v1/runs/:runId')
export class BytesController {
  constructor(
    private readonly queries: QueryEdge,
    @Inject(RUN_PARTS) private readonly parts: RunParts,
  ) {}

  @Get('artifacts/:name')
  @ApiProduces('application/octet-stream')
  @Operation({
    id: 'readArtifact',
    summary: 'The bytes of an artifact',
    access: 'run:read',
    waits: true,
    params: { ...ofRun, name: artifactParameter },
    answer: fileAnswer,
    refusals: ['run-not-found', 'file-not-found', 'range-not-there'],
  })
  artifact(
    @Exchange() exchange: HttpExchange,
    @RunId() runId: string,
    @Param('name', new ZodPipe(artifactParameter, '{name}')) name: string,
  ) {
    return this.send(exchange, runId, ({ artifacts }) =>
      artifacts.find((artifact) => artifact.name === name),
    );
  }

  @Get('output')
  @ApiProduces('application/octet-stream')
  @Operation({
    id: 'readOutput',
    summary: 'What the function of a run returned, as JSON',
    access: 'run:read',
    waits: true,
    params: ofRun,
    answer: fileAnswer,
    refusals: ['run-not-found', 'file-not-found', 'range-not-there'],
  })
  output(@Exchange() exchange: HttpExchange, @RunId() runId: string) {
    return this.send(exchange, runId, outputOf);
  }

  private async send(
    exchange: HttpExchange,
    runId: string,
    pick: (run: RunRow) => Wanted | undefined,
  ): Promise<Readable> {
    const run = await this.queries.read(exchange, [runs], (db, tenantId) => findRun(db, { tenantId, runId }));
    if (!run) throw runNotFound();
    const wanted = pick(run);
    if (!wanted) throw fileNotFound('That file');
    const open = wanted.open ?? ((range) => this.read(run.tenantId, wanted, range));
    return sendBytes(exchange, { ...wanted, open });
  }

  private async read(
    tenantId: string,
    { sha256, name }: Omit<Sent, 'open'>,
    range?: ByteRange,
  ): Promise<Readable> {
    const blobs = await this.parts.blobs(tenantId);
    try {
      return await blobs.read(blobKeyOf(sha256), range);
    } catch (error) {
      if (error instanceof BlobFault) throw fileNotFound(name);
      throw error;
    }
  }
}

const OUTPUT = 'output.json';

/** A small output stands in the run itself, a large one is a blob; whoever wants the bytes need not know. */
function outputOf({ output }: RunRow): Wanted | undefined {
  if (output === null) return undefined;
  if (output.kind === 'blob') return { ...output, name: OUTPUT };
  const bytes = Buffer.from(JSON.stringify(output.value));
  return {
    name: OUTPUT,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    size: bytes.length,
    open: (range) =>
      Promise.resolve(Readable.from([bytes.subarray(range?.start, (range?.end ?? bytes.length) + 1)])),
  };
}
