import type { CanActivate } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ZodPipe } from './zod.pipe.js';

const pipe = new ZodPipe(z.strictObject({}), '?');

/** For operations that take no query: what is asked of them there (`asOf`, a filter) would be passed over unseen. */
export const noQuery: CanActivate = {
  canActivate: (context) => {
    pipe.transform(context.switchToHttp().getRequest<FastifyRequest>().query);
    return true;
  },
};
