import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import {
  apiKeyDecider,
  principalDecider,
  routeDecider,
  runDecider,
  scriptDecider,
  secretDecider,
  tenantDecider,
} from '@stemma/domain';
import { type EventStore, openAggregate } from '@stemma/event-store';
import type { CommandShell, TermsOf } from './decide-command.js';
import type { Blobs } from './blobs.js';
import { plainGovernanceCommands } from './governance-commands.js';
import { COMMAND_SHELL, handlerOf } from './handler-of.js';
import { CreateApiKeyHandler } from './identity/create-api-key.handler.js';
import { CreateTenantHandler } from './identity/create-tenant.handler.js';
import { plainIdentityCommands } from './identity/identity-commands.js';
import { readingTerms } from './identity/reading-terms.js';
import { BLOBS, type DefaultLimits, RequestRunHandler, RUN_LIMITS } from './request-run.handler.js';
import { plainRunCommands } from './run-commands.js';
import { PruneVersionsHandler } from './prune-versions.handler.js';
import { SaveDraftHandler } from './save-draft.handler.js';
import type { Keyring } from './secrets/keyring.js';
import { RemoveSecretHandler } from './secrets/remove-secret.handler.js';
import { plainSecretCommands } from './secrets/secret-commands.js';
import { KEYRING, SetSecretHandler } from './secrets/set-secret.handler.js';
import { plainScriptCommands } from './script-commands.js';
import { RemoveTriggerHandler, RetireScriptHandler, SetTriggerHandler } from './trigger.handlers.js';

export interface CommandsOptions {
  readonly store: EventStore;
  /** Which build writes: stands in the metadata of every event. */
  readonly release: string;
  readonly clock?: () => Date;
  /** For the process that follows the tenants; the others read the stream of the tenant for each command. */
  readonly termsOf?: TermsOf;
  /** For the process that takes secrets. */
  readonly keyring?: Keyring;
  /** For the process that takes requests for runs; the others go without. */
  readonly runs?: { readonly blobs: Blobs; readonly limits: DefaultLimits };
}

/** Every command there is, on the command bus. */
@Module({})
export class CommandsModule {
  static register(options: CommandsOptions): DynamicModule {
    const { runs, keyring } = options;
    const shell = openShell(options);
    return {
      module: CommandsModule,
      imports: [CqrsModule.forRoot()],
      providers: [
        { provide: COMMAND_SHELL, useValue: shell },
        SaveDraftHandler,
        SetTriggerHandler,
        RemoveTriggerHandler,
        RetireScriptHandler,
        PruneVersionsHandler,
        CreateApiKeyHandler,
        CreateTenantHandler,
        RemoveSecretHandler,
        ...[
          ...plainScriptCommands,
          ...plainGovernanceCommands,
          ...plainRunCommands,
          ...plainIdentityCommands,
          ...plainSecretCommands,
        ].map(handlerOf),
        ...(runs ? requestingRuns(runs) : []),
        ...(keyring ? [{ provide: KEYRING, useValue: keyring }, SetSecretHandler] : []),
      ],
      exports: [CqrsModule, COMMAND_SHELL],
    };
  }
}

function openShell({ store, release, clock = () => new Date(), termsOf }: CommandsOptions): CommandShell {
  return {
    store,
    release,
    clock,
    script: openAggregate({ store, decider: scriptDecider }),
    run: openAggregate({ store, decider: runDecider }),
    route: openAggregate({ store, decider: routeDecider }),
    apikey: openAggregate({ store, decider: apiKeyDecider }),
    principal: openAggregate({ store, decider: principalDecider }),
    secret: openAggregate({ store, decider: secretDecider }),
    tenant: openAggregate({ store, decider: tenantDecider }),
    termsOf: termsOf ?? readingTerms(store),
  };
}

const requestingRuns = ({ blobs, limits }: NonNullable<CommandsOptions['runs']>) => [
  { provide: BLOBS, useValue: blobs },
  { provide: RUN_LIMITS, useValue: limits },
  RequestRunHandler,
];
