import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { METRICS_TYPE } from '@stemma/observability';
import { ForOperators } from '../identity/declare.js';
import { type ApiParts, PARTS } from '../parts.js';

/** For Prometheus, not for callers of the API: not in the OpenAPI document, and behind a guard of its own. */
@ApiExcludeController()
@Controller('metrics')
export class MetricsController {
  constructor(@Inject(PARTS) private readonly parts: ApiParts) {}

  @Get()
  @ForOperators('metrics')
  @Header('Content-Type', METRICS_TYPE)
  @Header('Cache-Control', 'no-store')
  tell(): Promise<string> {
    return this.parts.metrics.tell();
  }
}
