import { Controller, Get, Inject } from '@nestjs/common';
import { livenessSchema, readinessSchema } from '@stemma/contracts';
import { Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { type ApiParts, PARTS } from '../parts.js';

@Controller('health')
export class HealthController {
  constructor(@Inject(PARTS) private readonly parts: ApiParts) {}

  @Get('live')
  @Operation({
    id: 'isLive',
    summary: 'The process answers: if not, restart it',
    access: 'public',
    answer: livenessSchema,
  })
  live() {
    return { status: 'live' };
  }

  @Get('ready')
  @Operation({
    id: 'isReady',
    summary:
      'Every part is there: if not (503), send requests elsewhere; if degraded (200), look at the parts',
    access: 'public',
    answer: readinessSchema,
  })
  async ready(@Exchange() { reply }: HttpExchange) {
    const parts = await this.parts.health();
    const ready = Object.values(parts).every(({ ok }) => ok);
    const degraded = Object.values(parts).some((part) => part.degraded === true);
    void reply.code(ready ? 200 : 503).header('Cache-Control', 'no-store');
    return { status: ready ? (degraded ? 'degraded' : 'ready') : 'not-ready', parts };
  }
}
