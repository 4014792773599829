import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { CommandsModule } from '@stemma/commands';
import { HealthController } from './health/health.controller.js';
import { CommandEdge } from './http/command-edge.js';
import { ProblemFilter } from './http/problem.filter.js';
import { QueryEdge } from './http/query-edge.js';
import { CredentialGuard } from './identity/credential.guard.js';
import { DirectoryController } from './identity/directory.controller.js';
import { IdentityEdge } from './identity/identity-edge.js';
import { KeysController } from './identity/keys.controller.js';
import { PrincipalsController } from './identity/principals.controller.js';
import { RequireAccess } from './identity/require-access.js';
import { SecurityController } from './identity/security.controller.js';
import { TenantController } from './identity/tenant.controller.js';
import { TenantsController } from './identity/tenants.controller.js';
import { WhoamiController } from './identity/whoami.controller.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { type ApiParts, LOGGER, PARTS } from './parts.js';
import { ProblemsController } from './problems/problems.controller.js';
import { AuthoringController } from './authoring/authoring.controller.js';
import { DecisionsController } from './authoring/decisions.controller.js';
import { RewrapController } from './secrets/rewrap.controller.js';
import { SecretsController } from './secrets/secrets.controller.js';
import { ReviewsController } from './reviews/reviews.controller.js';
import { LineageController } from './scripts/lineage.controller.js';
import { DiffController } from './scripts/diff.controller.js';
import { DoctorController } from './doctor/doctor.controller.js';
import { BytesController } from './runs/bytes.controller.js';
import { JobsController } from './projections/jobs.controller.js';
import { OpsEdge } from './projections/ops-edge.js';
import { ParkedController } from './projections/parked.controller.js';
import { ProjectionsController } from './projections/projections.controller.js';
import { blobsPort } from './runs/blobs-port.js';
import { CancelRunController } from './runs/cancel-run.controller.js';
import { FilesController } from './runs/files.controller.js';
import { LogsController } from './runs/logs.controller.js';
import { RequestRunController } from './runs/request-run.controller.js';
import { RUN_PARTS, type RunParts } from './runs/run-parts.js';
import { RetentionController } from './runs/retention.controller.js';
import { RunsController } from './runs/runs.controller.js';
import { HistoryController } from './scripts/history.controller.js';
import { ListingController } from './scripts/listing.controller.js';
import { PoliciesController } from './scripts/policies.controller.js';
import { PublishingController } from './scripts/publishing.controller.js';
import { ReviewController } from './scripts/review.controller.js';
import { RollbackController } from './scripts/rollback.controller.js';
import { ScriptsController } from './scripts/scripts.controller.js';
import { SwitchingController } from './scripts/switching.controller.js';
import { TriggersController } from './scripts/triggers.controller.js';
import { VersionsController } from './scripts/versions.controller.js';
import { WorkersController } from './workers/workers.controller.js';

const controllers = [
  AuthoringController,
  BytesController,
  CancelRunController,
  DecisionsController,
  DiffController,
  DoctorController,
  FilesController,
  JobsController,
  ListingController,
  LogsController,
  MetricsController,
  ParkedController,
  PoliciesController,
  PublishingController,
  TriggersController,
  ProjectionsController,
  RequestRunController,
  RunsController,
  SwitchingController,
  HealthController,
  HistoryController,
  LineageController,
  ProblemsController,
  RetentionController,
  ReviewController,
  ReviewsController,
  RollbackController,
  ScriptsController,
  VersionsController,
  WhoamiController,
  KeysController,
  PrincipalsController,
  DirectoryController,
  TenantController,
  TenantsController,
  SecurityController,
  RewrapController,
  SecretsController,
  WorkersController,
];

/** The one module of this process. */
@Module({})
export class ApiModule {
  static register(parts: ApiParts, runParts: RunParts): DynamicModule {
    const { store, release, clock, logger, termsOf, keyring } = parts;
    return {
      module: ApiModule,
      imports: [
        DiscoveryModule,
        CommandsModule.register({
          store,
          release,
          clock,
          termsOf,
          keyring,
          runs: { blobs: blobsPort(runParts.blobs), limits: runParts.limits },
        }),
      ],
      controllers,
      providers: [
        { provide: PARTS, useValue: parts },
        { provide: RUN_PARTS, useValue: runParts },
        { provide: LOGGER, useValue: logger },
        { provide: APP_GUARD, useClass: CredentialGuard },
        { provide: APP_FILTER, useClass: ProblemFilter },
        RequireAccess,
        CommandEdge,
        IdentityEdge,
        QueryEdge,
        OpsEdge,
      ],
    };
  }
}
