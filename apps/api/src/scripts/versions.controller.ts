import { Controller, Get, Inject, Post } from '@nestjs/common';
import { SaveDraft } from '@stemma/commands';
import {
  type AsOf,
  asOfQuery,
  contentAnswer,
  listVersionsQuery,
  newVersionAnswer,
  saveDraftBody,
  versionListSchema,
  versionSchema,
} from '@stemma/contracts';
import { findScript, scripts } from '@stemma/projections/scripts';
import { listVersions, type VersionRow, versions } from '@stemma/projections/versions';
import type { ReadDb } from '@stemma/read-model';
import type { z } from 'zod';
import { CommandEdge } from '../http/command-edge.js';
import { callerOf, Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { QueryEdge } from '../http/query-edge.js';
import { requirePermission } from '../identity/permissions.js';
import { type ApiParts, PARTS } from '../parts.js';
import { requireVersion } from './find-versions.js';
import { scriptNotFound } from './not-found.js';
import { ofScript, ofVersion, Slug, ValidBody, ValidQuery, VersionNumber } from './parameters.js';
import { requireContent } from './require-content.js';
import { versionOf } from './script-of.js';

@Controller('v1/scripts/:slug/versions')
export class VersionsController {
  constructor(
    private readonly commands: CommandEdge,
    private readonly queries: QueryEdge,
    @Inject(PARTS) private readonly parts: ApiParts,
  ) {}

  @Post()
  @Operation({
    id: 'saveDraft',
    summary: 'Save a new version, as a draft',
    access: 'script:write',
    command: true,
    params: ofScript,
    body: saveDraftBody,
    answer: newVersionAnswer,
    status: 201,
    refusals: [
      'script-not-found',
      'slug-retired',
      'schema-invalid',
      'base-required',
      'stale-base',
      'content-too-large',
    ],
  })
  save(
    @Exchange() exchange: HttpExchange,
    @Slug() slug: string,
    @ValidBody(saveDraftBody) body: z.output<typeof saveDraftBody>,
  ) {
    if (body.content.settings?.secrets?.length) requirePermission(callerOf(exchange), 'secret:bind');
    return this.commands.run(exchange, body, (context) => new SaveDraft({ slug, body, context }));
  }

  @Get()
  @Operation({
    id: 'listVersions',
    summary: 'The versions of a script, newest first, without their content',
    access: 'script:read',
    waits: true,
    params: ofScript,
    query: listVersionsQuery,
    answer: versionListSchema,
    refusals: ['script-not-found'],
  })
  async list(
    @Exchange() exchange: HttpExchange,
    @Slug() slug: string,
    @ValidQuery(listVersionsQuery) query: z.output<typeof listVersionsQuery>,
  ) {
    const { below, limit, count, asOf, author: createdBy, ...same } = query;
    const filters = { ...same, createdBy };
    const list = async (db: ReadDb, tenantId: string) => {
      const page = await listVersions(db, { tenantId, slug, filters, below, limit, count });
      const { items, next, total } = page;
      if (items.length === 0 && !(await findScript(db, { tenantId, slug }))) throw scriptNotFound();
      return { items: items.map(versionOf), next, ...(total !== undefined && { total }) };
    };
    return this.queries.read(exchange, [versions, scripts], list, asOf);
  }

  @Get(':number')
  @Operation({
    id: 'showVersion',
    summary: 'A version, and all that was done to it',
    access: 'script:read',
    waits: true,
    params: ofVersion,
    query: asOfQuery,
    answer: versionSchema,
    refusals: ['script-not-found', 'version-not-found'],
  })
  async show(
    @Exchange() exchange: HttpExchange,
    @Slug() slug: string,
    @VersionNumber() number: number,
    @ValidQuery(asOfQuery) { asOf }: z.output<typeof asOfQuery>,
  ) {
    return versionOf(await this.find(exchange, slug, number, asOf));
  }

  @Get(':number/content')
  @Operation({
    id: 'showContent',
    summary: 'The content of a version, whole',
    access: 'script:read',
    waits: true,
    params: ofVersion,
    answer: contentAnswer,
    refusals: ['script-not-found', 'version-not-found', 'content-pruned'],
  })
  async content(@Exchange() exchange: HttpExchange, @Slug() slug: string, @VersionNumber() number: number) {
    const version = await this.find(exchange, slug, number);
    const content = await requireContent(this.parts.store, version);
    return { number, contentHash: version.contentHash, content };
  }

  private find(exchange: HttpExchange, slug: string, number: number, asOf?: AsOf): Promise<VersionRow> {
    return this.queries.read(
      exchange,
      [versions, scripts],
      (db, tenantId) => requireVersion(db, { tenantId, slug, number }),
      asOf,
    );
  }
}
