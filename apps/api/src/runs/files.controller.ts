import { Controller, Inject, Post } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import { fileAnswer } from '@stemma/contracts';
import { Readable, Transform } from 'node:stream';
import { callerOf, Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { Refused } from '../http/refused.js';
import { RUN_PARTS, type RunParts } from './run-parts.js';

@Controller('v1/files')
export class FilesController {
  constructor(@Inject(RUN_PARTS) private readonly parts: RunParts) {}

  @Post()
  @ApiConsumes('application/octet-stream')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @Operation({
    id: 'storeFile',
    summary: 'Store the bytes of an input file; runs name them by their hash',
    access: 'run:request',
    answer: fileAnswer,
    status: 201,
    refusals: ['body-too-large', 'unsupported-media-type'],
  })
  async store(@Exchange() exchange: HttpExchange) {
    const { body } = exchange.request;
    if (!(body instanceof Readable)) {
      throw new Refused(
        'unsupported-media-type',
        'Send the bytes as they are, with Content-Type: application/octet-stream.',
      );
    }
    const blobs = await this.parts.blobs(callerOf(exchange).tenantId);
    const { sha256, size } = await blobs.put(body.pipe(upTo(this.parts.fileLimit, body)));
    return { sha256, size };
  }
}

/** What is still on its way is not read: the connection ends, and says so. */
const tooLarge = (limit: number): Refused =>
  new Refused('body-too-large', `A file may have ${limit} bytes at most.`, {
    headers: { Connection: 'close' },
  });

/** Passes bytes on until there are too many: then nothing of them is kept. */
function upTo(limit: number, source: Readable): Transform {
  let seen = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      if (seen <= limit) done(null, chunk);
      else done(tooLarge(limit));
    },
  });
  source.on('error', (error) => counted.destroy(error));
  source.on('aborted', () => counted.destroy(new Refused('malformed-request', 'The upload broke off.')));
  return counted;
}
