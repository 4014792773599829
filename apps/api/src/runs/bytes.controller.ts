import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ApiProduces } from '@nestjs/swagger';
import { BlobFault } from '@stemma/blob-store';
import { artifactParameter, fileAnswer } from '@stemma/contracts';
import { findRun, type RunRow, runs } from '@stemma/projections/runs';
import type { Readable } from 'node:stream';
import { Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { QueryEdge } from '../http/query-edge.js';
import { ZodPipe } from '../http/zod.pipe.js';
import { fileNotFound, runNotFound } from './not-found.js';
import { ofRun, RunId } from './runs.controller.js';
import { RUN_PARTS, type RunParts } from './run-parts.js';

interface Wanted {
  readonly name: string;
  readonly sha256: string;
  readonly size: number;
}

/** What a script wrote is shown to nobody's browser as a page: always an attachment, never sniffed (HAZARDS D10). */
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
    refusals: ['run-not-found', 'file-not-found'],
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
    summary: 'An output that was too large for the run itself',
    access: 'run:read',
    waits: true,
    params: ofRun,
    answer: fileAnswer,
    refusals: ['run-not-found', 'file-not-found'],
  })
  output(@Exchange() exchange: HttpExchange, @RunId() runId: string) {
    return this.send(exchange, runId, ({ output }) =>
      output?.kind === 'blob' ? { ...output, name: 'output.json' } : undefined,
    );
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
    const bytes = await this.open(run.tenantId, wanted);
    const { reply } = exchange;
    void reply.header('Content-Type', 'application/octet-stream');
    void reply.header('Content-Length', wanted.size);
    void reply.header(
      'Content-Disposition',
      `attachment; filename*=UTF-8''${encodeURIComponent(wanted.name)}`,
    );
    void reply.header('X-Content-Type-Options', 'nosniff');
    void reply.header('Content-Security-Policy', "default-src 'none'; sandbox");
    return bytes;
  }

  private async open(tenantId: string, { sha256, name }: Wanted): Promise<Readable> {
    const blobs = await this.parts.blobs(tenantId);
    try {
      return await blobs.read(`${sha256.slice(0, 2)}/${sha256}`);
    } catch (error) {
      if (error instanceof BlobFault) throw fileNotFound(name);
      throw error;
    }
  }
}
