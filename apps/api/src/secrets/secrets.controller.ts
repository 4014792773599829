import { Body, Controller, Delete, Get, Param, Patch, Put } from '@nestjs/common';
import { DescribeSecret, RemoveSecret, SetSecret } from '@stemma/commands';
import {
  describeSecretBody,
  listSecretsQuery,
  removeSecretQuery,
  secretAnswer,
  secretListSchema,
  secretParameter,
  secretSchema,
  type SecretShown,
  setSecretAnswer,
  setSecretBody,
} from '@stemma/contracts';
import { findSecret, listSecrets, type SecretRow, secrets } from '@stemma/projections/secrets';
import type { z } from 'zod';
import { CommandEdge } from '../http/command-edge.js';
import { Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { QueryEdge } from '../http/query-edge.js';
import { Refused } from '../http/refused.js';
import { ZodPipe } from '../http/zod.pipe.js';
import { ValidBody, ValidQuery } from '../scripts/parameters.js';

const Name = () => Param('secret', new ZodPipe(secretParameter, '{secret}'));
const ofSecret = { secret: secretParameter };

/** What scripts are given and nobody is shown. */
@Controller('v1/secrets')
export class SecretsController {
  constructor(
    private readonly commands: CommandEdge,
    private readonly queries: QueryEdge,
  ) {}

  @Get()
  @Operation({
    id: 'listSecrets',
    summary: 'The secrets of the tenant, by name; never their values',
    access: 'secret:read',
    waits: true,
    query: listSecretsQuery,
    answer: secretListSchema,
  })
  async list(
    @Exchange() exchange: HttpExchange,
    @ValidQuery(listSecretsQuery) { after, limit }: z.output<typeof listSecretsQuery>,
  ) {
    const { items, next } = await this.queries.read(exchange, [secrets], (db, tenantId) =>
      listSecrets(db, { tenantId, after, limit }),
    );
    return { items: items.map(secretOf), next };
  }

  @Get(':secret')
  @Operation({
    id: 'showSecret',
    summary: 'What is known of a secret; never its value',
    access: 'secret:read',
    waits: true,
    params: ofSecret,
    answer: secretSchema,
    refusals: ['secret-not-found'],
  })
  async show(@Exchange() exchange: HttpExchange, @Name() name: string) {
    const found = await this.queries.read(exchange, [secrets], (db, tenantId) =>
      findSecret(db, { tenantId, name }),
    );
    if (!found) {
      throw new Refused('secret-not-found', 'There is no such secret. GET /v1/secrets lists what there is.');
    }
    return secretOf(found);
  }

  @Put(':secret')
  @Operation({
    id: 'setSecret',
    summary: 'Set a secret, or its next value; it is sealed, and shown to nobody again',
    access: 'secret:write',
    command: true,
    params: ofSecret,
    body: setSecretBody,
    answer: setSecretAnswer,
    refusals: ['secret-changed', 'tenant-suspended'],
  })
  set(
    @Exchange() exchange: HttpExchange,
    @Name() name: string,
    @Body(new ZodPipe(setSecretBody, '', true)) body: z.output<typeof setSecretBody>,
  ) {
    return this.commands.run(exchange, body, (context) => new SetSecret({ name, body, context }));
  }

  @Patch(':secret')
  @Operation({
    id: 'describeSecret',
    summary: 'Say what a secret is for, and whether runs in the sandbox are given it',
    access: 'secret:write',
    command: true,
    params: ofSecret,
    body: describeSecretBody,
    answer: secretAnswer,
    refusals: ['secret-not-found', 'tenant-suspended'],
  })
  describe(
    @Exchange() exchange: HttpExchange,
    @Name() name: string,
    @ValidBody(describeSecretBody) body: z.output<typeof describeSecretBody>,
  ) {
    return this.commands.run(exchange, body, (context) => new DescribeSecret({ name, body, context }));
  }

  @Delete(':secret')
  @Operation({
    id: 'removeSecret',
    summary: 'Remove a secret: no run is given it any more, and its key is deleted',
    access: 'secret:write',
    command: true,
    params: ofSecret,
    query: removeSecretQuery,
    answer: secretAnswer,
    refusals: ['secret-not-found'],
  })
  remove(
    @Exchange() exchange: HttpExchange,
    @Name() name: string,
    @ValidQuery(removeSecretQuery) query: z.output<typeof removeSecretQuery>,
  ) {
    const body = { reason: query.reason ?? null };
    return this.commands.run(exchange, body, (context) => new RemoveSecret({ name, body, context }));
  }
}

function secretOf({ tenantId: _tenant, secretId: _secret, life: _life, ...shown }: SecretRow): SecretShown {
  return shown;
}
