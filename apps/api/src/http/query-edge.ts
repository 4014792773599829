import { Inject, Injectable } from '@nestjs/common';
import { headers } from '@stemma/contracts';
import { formatToken, parseToken, type Position, type Projection, type ReadDb } from '@stemma/read-model';
import { type ApiParts, PARTS } from '../parts.js';
import { callerOf, headerOf, type HttpExchange } from './exchange.js';
import { Refused } from './refused.js';
import { invalidRequest } from './zod.pipe.js';

/** Where a request becomes a query of the read models, at a position the caller may ask for. */
@Injectable()
export class QueryEdge {
  constructor(@Inject(PARTS) private readonly parts: ApiParts) {}

  /** Waits for `Stemma-Min-Position`, and says at which position it answers. */
  async read<T>(
    exchange: HttpExchange,
    projections: readonly Projection[],
    query: (db: ReadDb, tenantId: string) => Promise<T>,
  ): Promise<T> {
    const { tenantId } = callerOf(exchange);
    const after = minPositionOf(exchange);
    const { value, position } = await this.parts.readModel.read({ tenantId, projections, after }, (db) =>
      query(db, tenantId),
    );
    this.answerAt(exchange, position);
    return value;
  }

  /** For answers that come from the log itself: nothing to wait for, but a token of another log is refused all the same. */
  readLog(exchange: HttpExchange): void {
    const token = minPositionOf(exchange);
    if (token !== undefined && token.logId !== this.parts.logId()) {
      throw new Refused('other-log', 'This position token is of another log. Read without it.');
    }
  }

  answerAt({ reply }: HttpExchange, position: Position): void {
    void reply.header(headers.position, formatToken(position));
  }
}

function minPositionOf(exchange: HttpExchange): Position | undefined {
  const text = headerOf(exchange, headers.minPosition);
  if (text === undefined) return undefined;
  const token = parseToken(text);
  if (token) return token;
  const message = `must be a ${headers.position} as an answer gave it: <log id>:<position>`;
  throw invalidRequest([{ path: headers.minPosition, message }]);
}
