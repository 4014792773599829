import { Controller, Inject, Post } from '@nestjs/common';
import { type DataKeyName, metadataOf, rewrapKeys } from '@stemma/commands';
import { emptyBody, rewrapAnswer } from '@stemma/contracts';
import { listDataKeys, secrets } from '@stemma/projections/secrets';
import type { ReadDb } from '@stemma/read-model';
import type { z } from 'zod';
import { contextOf } from '../http/command-edge.js';
import { Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { type ApiParts, PARTS } from '../parts.js';
import { ValidBody } from '../scripts/parameters.js';

/** The master key is the system's: operators of the first tenant change it for all. */
@Controller('v1/ops/secrets')
export class RewrapController {
  constructor(@Inject(PARTS) private readonly parts: ApiParts) {}

  @Post('rewrap')
  @Operation({
    id: 'rewrapSecrets',
    summary: 'Wrap the keys of all secrets anew, under the first of STEMMA_SECRET_KEYS',
    access: 'secret:rewrap',
    command: true,
    body: emptyBody,
    answer: rewrapAnswer,
  })
  async rewrap(@Exchange() exchange: HttpExchange, @ValidBody(emptyBody) body: z.output<typeof emptyBody>) {
    const { store, keyring, readModel, clock, release } = this.parts;
    const metadata = metadataOf(contextOf(exchange, body), clock().toISOString(), release);
    const { value } = await readModel.readAllTenants({ projections: [secrets] }, (db) => allDataKeys(db));
    return rewrapKeys({ store, keyring, metadata }, value);
  }
}

async function allDataKeys(db: ReadDb): Promise<readonly DataKeyName[]> {
  const keys: DataKeyName[] = [];
  for (
    let page = await listDataKeys(db);
    page.length > 0;
    page = await listDataKeys(db, keys.at(-1)?.secretId)
  )
    keys.push(...page);
  return keys;
}
