import { type DynamicModule, Module } from '@nestjs/common';
import type { ProjectorParts } from './projector-parts.js';
import { Projector } from './projector.js';

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
