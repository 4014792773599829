import { Controller, Get, Patch, Post } from '@nestjs/common';
import { ChangeDetails, CreateScript } from '@stemma/commands';
import {
  asOfQuery,
  changeDetailsBody,
  createScriptBody,
  etagOf,
  listScriptsQuery,
  scriptAnswer,
  scriptListSchema,
  scriptSchema,
} from '@stemma/contracts';
import { findScript, listScripts, scripts } from '@stemma/projections/scripts';
import { z } from 'zod';
import { CommandEdge } from '../http/command-edge.js';
import { Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { pagesOf } from '../http/pages.js';
import { QueryEdge } from '../http/query-edge.js';
import { scriptNotFound } from './not-found.js';
import { ofScript, Slug, ValidBody, ValidQuery } from './parameters.js';
import { scriptOf } from './script-of.js';

const value = z
  .string()
  .max(200)
  .regex(/^[^\0]*$/);
const textCursor = z.strictObject({ value, scriptId: z.uuid() });
const instantCursor = textCursor.extend({ value: z.iso.datetime() });

@Controller('v1/scripts')
export class ScriptsController {
  constructor(
    private readonly commands: CommandEdge,
    private readonly queries: QueryEdge,
  ) {}

  @Post()
  @Operation({
    id: 'createScript',
    summary: 'Create a script',
    access: 'script:write',
    command: true,
    body: createScriptBody,
    answer: scriptAnswer,
    status: 201,
    refusals: ['script-exists', 'slug-retired'],
  })
  create(
    @Exchange() exchange: HttpExchange,
    @ValidBody(createScriptBody) body: z.output<typeof createScriptBody>,
  ) {
    const { slug } = body;
    void exchange.reply.header('Location', `/v1/scripts/${slug}`);
    return this.commands.run(exchange, body, (context) => new CreateScript({ slug, body, context }));
  }

  @Get()
  @Operation({
    id: 'listScripts',
    summary: 'The scripts of the tenant, a page at a time',
    access: 'script:read',
    waits: true,
    query: listScriptsQuery,
    answer: scriptListSchema,
  })
  async list(
    @Exchange() exchange: HttpExchange,
    @ValidQuery(listScriptsQuery) query: z.output<typeof listScriptsQuery>,
  ) {
    const { label: labels, intent: intents, language: languageCodes, ...more } = query;
    const { sort, count, cursor: _cursor, limit, asOf, ...same } = more;
    const filters = { ...same, labels, intents, languageCodes };
    const pages = pagesOf(sort.endsWith('At') ? instantCursor : textCursor, query);
    const { items, next, total } = await this.queries.read(
      exchange,
      [scripts],
      (db, tenantId) => listScripts(db, { tenantId, filters, sort, limit, cursor: pages.after, count }),
      asOf,
    );
    return {
      items: items.map(scriptOf),
      next: pages.next(next),
      ...(total !== undefined && { total }),
    };
  }

  @Get(':slug')
  @Operation({
    id: 'showScript',
    summary: 'A script as it is, or was',
    access: 'script:read',
    waits: true,
    params: ofScript,
    query: asOfQuery,
    answer: scriptSchema,
    refusals: ['script-not-found'],
  })
  async show(
    @Exchange() exchange: HttpExchange,
    @Slug() slug: string,
    @ValidQuery(asOfQuery) { asOf }: z.output<typeof asOfQuery>,
  ) {
    const row = await this.queries.read(
      exchange,
      [scripts],
      (db, tenantId) => findScript(db, { tenantId, slug }),
      asOf,
    );
    if (!row) throw scriptNotFound();
    // What was is no base for a change.
    if (asOf === undefined) void exchange.reply.header('ETag', etagOf(row.revision));
    return scriptOf(row);
  }

  @Patch(':slug')
  @Operation({
    id: 'changeDetails',
    summary: 'Change name, description or labels',
    access: 'script:write',
    command: true,
    params: ofScript,
    body: changeDetailsBody,
    answer: scriptAnswer,
    refusals: ['script-not-found', 'slug-retired', 'base-required', 'stale-base'],
  })
  change(
    @Exchange() exchange: HttpExchange,
    @Slug() slug: string,
    @ValidBody(changeDetailsBody) body: z.output<typeof changeDetailsBody>,
  ) {
    return this.commands.run(exchange, body, (context) => new ChangeDetails({ slug, body, context }));
  }
}
