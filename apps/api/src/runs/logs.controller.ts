import { Controller, Get, Inject } from '@nestjs/common';
import { logPlace, runLogQuery, runLogSchema } from '@stemma/contracts';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { callerOf, Exchange, headerOf, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { type ApiParts, PARTS } from '../parts.js';
import { ValidQuery } from '../scripts/parameters.js';
import { followLog, type LogNewsItem, type LogPlace, type NumberedLine } from './follow-log.js';
import { runNotFound } from './not-found.js';
import { ofRun, RunId } from './runs.controller.js';
import { RUN_PARTS, type RunParts } from './run-parts.js';

const BEGINNING: LogPlace = { attempt: 0, offset: -1 };

@Controller('v1/runs/:runId/logs')
export class LogsController {
  constructor(
    @Inject(PARTS) private readonly parts: ApiParts,
    @Inject(RUN_PARTS) private readonly runParts: RunParts,
  ) {}

  @Get()
  @Operation({
    id: 'readLog',
    summary: 'What a run said: the lines there are, or, as an event stream, each one as it comes',
    access: 'run:read',
    params: ofRun,
    query: runLogQuery,
    answer: runLogSchema,
    also: ['text/event-stream'],
    refusals: ['run-not-found', 'file-not-found'],
  })
  async read(
    @Exchange() exchange: HttpExchange,
    @RunId() runId: string,
    @ValidQuery(runLogQuery) { after, attempt }: z.output<typeof runLogQuery>,
  ) {
    const { tenantId } = callerOf(exchange);
    const gone = new AbortController();
    const place = lastSeen(exchange) ?? after ?? BEGINNING;
    const follow = await followLog(
      { ...this.runParts, store: this.parts.store },
      { tenantId, runId, after: place, attempt, signal: gone.signal },
    );
    if (!follow) throw runNotFound();
    const { standing, items } = follow;
    if (headerOf(exchange, 'Accept')?.includes('text/event-stream')) return stream(exchange, items, gone);
    return { lines: await linesNow(items), status: standing.status };
  }
}

/** A browser that lost its connection says where it was. */
function lastSeen(exchange: HttpExchange): LogPlace | undefined {
  const parsed = logPlace.safeParse(headerOf(exchange, 'Last-Event-ID'));
  return parsed.success ? parsed.data : undefined;
}

const idOf = ({ attempt, offset }: NumberedLine): string => `${attempt}-${offset}`;

async function linesNow(follow: AsyncGenerator<LogNewsItem>): Promise<object[]> {
  const lines: object[] = [];
  for await (const item of follow) {
    if (item.kind !== 'line') break;
    lines.push({ id: idOf(item.line), ...(item.line.entry as object) });
  }
  return lines;
}

/** Server-sent events; a follower who reads slowly slows only his own stream. */
async function stream(
  { reply }: HttpExchange,
  follow: AsyncGenerator<LogNewsItem>,
  gone: AbortController,
): Promise<void> {
  const { raw } = reply.hijack();
  raw.on('close', () => gone.abort());
  raw.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
    'X-Content-Type-Options': 'nosniff',
  });
  raw.flushHeaders();
  try {
    for await (const item of follow) {
      if (gone.signal.aborted) break;
      if (!raw.write(eventOf(item))) await drained(raw, gone.signal);
    }
  } finally {
    raw.end();
  }
}

function eventOf(item: LogNewsItem): string {
  switch (item.kind) {
    case 'line':
      return `id: ${idOf(item.line)}\ndata: ${JSON.stringify(item.line.entry)}\n\n`;
    case 'idle':
      return ': waiting\n\n';
    case 'end':
      return `event: end\ndata: ${JSON.stringify({ status: item.standing.status })}\n\n`;
  }
}

const drained = (raw: FastifyReply['raw'], signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    raw.once('drain', resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
