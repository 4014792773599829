import { Inject, Injectable } from '@nestjs/common';
import { type AsOf, headers } from '@stemma/contracts';
import { formatToken, parseToken, type Position, type Projection, type ReadDb } from '@stemma/read-model';
import { type ApiParts, PARTS } from '../parts.js';
import { callerOf, headerOf, type HttpExchange } from './exchange.js';
import { Refused } from './refused.js';
import { invalidRequest } from './zod.pipe.js';

/** Where a request becomes a query of the read models, at a position the caller may ask for. */
@Injectable()
export class QueryEdge {
  constructor(@Inject(PARTS) private readonly parts: ApiParts) {}

  /** Waits for `Stemma-Min-Position`, answers as of a moment when one is asked for, and says at which position that is. */
  async read<T>(
    exchange: HttpExchange,
    projections: readonly [Projection, ...Projection[]],
    query: (db: ReadDb, tenantId: string) => Promise<T>,
    asOf?: AsOf,
  ): Promise<T> {
    const { tenantId } = callerOf(exchange);
    const after = minPositionOf(exchange);
    const moment = await this.momentOf(asOf, projections[0]);
    const request = { tenantId, projections, after, asOf: moment };
    const { value, position, parked } = await this.parts.readModel.read(request, (db) => query(db, tenantId));
    this.answerAt(exchange, position);
    if (parked.length > 0)
      void exchange.reply.header(headers.parked, parked.slice(0, MOST_PARKED).join(', '));
    return value;
  }

  /**
   * The position that was meant; undefined for now. A time still to come is the end of the log, a position still to come
   * is refused: what the log will be there is not known, and waiting for it could take for ever.
   */
  async momentOf(asOf: AsOf | undefined, projection: Projection): Promise<Position | undefined> {
    if (asOf === undefined) return undefined;
    const { readModel, store } = this.parts;
    if ('position' in asOf) {
      const { logId = this.parts.logId(), position } = asOf;
      const moment = this.ofThisLog({ logId, position });
      if (await readModel.isReached(projection, position, store)) return moment;
      throw invalidRequest([{ path: '?/asOf', message: TO_COME }]);
    }
    return readModel.positionAt(projection, asOf.time, store);
  }

  /** For answers that come from the log itself: nothing to wait for, but a token of another log is refused all the same. */
  readLog(exchange: HttpExchange): void {
    const token = minPositionOf(exchange);
    if (token !== undefined) this.ofThisLog(token);
  }

  private ofThisLog(token: Position): Position {
    if (token.logId === this.parts.logId()) return token;
    const next = 'Read without it, and take the new one from the answer.';
    throw new Refused('other-log', `This position is of another log. ${next}`);
  }

  answerAt({ reply }: HttpExchange, position: Position): void {
    void reply.header(headers.position, formatToken(position));
  }
}

const TO_COME =
  'is behind the end of the log: take a position that an answer gave, or a time, or leave it out for now';

/** Headers have their limits; operators see the whole list. */
const MOST_PARKED = 10;

function minPositionOf(exchange: HttpExchange): Position | undefined {
  const text = headerOf(exchange, headers.minPosition);
  if (text === undefined) return undefined;
  const token = parseToken(text);
  if (token) return token;
  const message = `must be a ${headers.position} as an answer gave it: <log id>:<position>`;
  throw invalidRequest([{ path: headers.minPosition, message }]);
}
