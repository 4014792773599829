import { type DynamicModule, Module } from '@nestjs/common';
import type { ConfigWith } from '@stemma/config';
import type { Logger } from '@stemma/observability';
import { Projector } from './projector.js';

export interface ProjectorParts {
  readonly config: ConfigWith<'eventstoreUrl' | 'databaseUrl'>;
  readonly logger: Logger;
}

/** The one module of this process. */
@Module({})
export class ProjectorModule {
  static register(parts: ProjectorParts): DynamicModule {
    return {
      module: ProjectorModule,
      providers: [{ provide: Projector, useFactory: () => new Projector(parts) }],
    };
  }
}
