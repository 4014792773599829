import { describe, expect, it } from '@jest/globals';
import { ForbiddenException, HttpException, NotFoundException } from '@nestjs/common';
import { Rejection } from '@stemma/commands';
import {
  AppendTooLarge,
  CommandIdReused,
  PreconditionFailed,
  RevisionConflict,
  StoreUnavailable,
  StreamBusy,
} from '@stemma/event-store';
import { MissingTenant, NotYetVisible, OtherLog, ReadModelUnavailable } from '@stemma/read-model';
import { UnusableJson } from './json-shape.js';
import { problemOf } from './problem.filter.js';
import { refusalOf } from './refusal-of.js';
import { Refused } from './refused.js';

const fastify = (code: string, statusCode: number) => Object.assign(new Error('x'), { code, statusCode });
const wrapped = (cause: Error, status: number) => new HttpException(cause.message, status, { cause });

describe('what an error means to the caller', () => {
  it.each([
    [new Rejection('four-eyes', 'ann wrote it'), 'four-eyes'],
    [new PreconditionFailed('s', 1n, 2n), 'precondition-failed'],
    [new CommandIdReused('s', 'c'), 'idempotency-key-reused'],
    [new RevisionConflict('s', 1n, 2n), 'changed-meanwhile'],
    [new AppendTooLarge('s', 2_000_000, 1_000_000), 'content-too-large'],
    [new StoreUnavailable('append'), 'unavailable'],
    [new StreamBusy('s', 1_000), 'busy'],
    [new OtherLog('x'), 'other-log'],
    [new NotYetVisible('x', 1, []), 'not-yet-visible'],
    [new NotYetVisible('x', 1, [{ name: 'runs', version: 2 }]), 'projection-building'],
    [new ReadModelUnavailable('x'), 'unavailable'],
    [new UnusableJson('is not JSON'), 'malformed-json'],
    [wrapped(fastify('FST_ERR_CTP_BODY_TOO_LARGE', 413), 413), 'body-too-large'],
    [wrapped(fastify('FST_ERR_CTP_INVALID_MEDIA_TYPE', 415), 415), 'unsupported-media-type'],
    [fastify('FST_ERR_BAD_URL', 400), 'malformed-request'],
    [new NotFoundException(), 'not-found'],
    [new ForbiddenException(), 'not-found'],
  ])('%p is %s', (error, code) => {
    expect(refusalOf(error).code).toBe(code);
  });

  it.each([
    new Error('boom: postgres://user:hunter2@host'),
    new TypeError('x is not a function'),
    new MissingTenant('no tenant'),
    new Rejection('no-such-code', 'hunter2'),
    Object.assign(new Error('hunter2'), { code: 'ECONNREFUSED', statusCode: 404 }),
    new HttpException('hunter2', 500),
    'hunter2',
    undefined,
  ])('what nobody foresaw is told as nothing but that: %p', (error) => {
    const refused = refusalOf(error);
    expect(refused.code).toBe('internal-error');
    expect(JSON.stringify(problemOf(refused, 'id'))).not.toMatch(/hunter2|boom|function|tenant/);
  });

  it('tells how far what is being built is, and when to come back', () => {
    const progress = {
      projection: 'runs',
      version: 2,
      step: 'building',
      events: 5,
      eventsPerSecond: 5,
    } as const;
    const building = [{ ...progress, percent: 40, secondsLeft: 12 }];
    const { extras, detail } = refusalOf(
      new NotYetVisible('x', 12, [{ name: 'runs', version: 2 }], building),
    );
    expect(extras).toMatchObject({ facts: { building }, headers: { 'Retry-After': '12' } });
    expect(detail).toContain('runs 2 (building, 5 events, 40 %, about 12 s left)');
  });

  it('tells the ETag of now with a failed precondition', () => {
    expect(refusalOf(new PreconditionFailed('s', 1n, 7n)).extras.facts).toEqual({ current: '"7"' });
    expect(refusalOf(new PreconditionFailed('s', 1n, null)).extras.facts).toEqual({ current: null });
  });

  it('names no stream: its name holds the tenant', () => {
    const stream = 'script-7b1f3a52-3d1e-5b0a-9c55-000000000001.x';
    const errors = [
      new PreconditionFailed(stream, 1n, 2n),
      new RevisionConflict(stream, 1n, 2n),
      new AppendTooLarge(stream, 2, 1),
      new StreamBusy(stream, 1),
      new CommandIdReused(stream, 'c'),
    ];
    for (const error of errors) {
      expect(JSON.stringify(problemOf(refusalOf(error), 'id'))).not.toContain('7b1f3a52');
    }
  });
});

describe('a problem', () => {
  it('lets no fact of a refusal stand in for the members of the standard', () => {
    const facts = { status: 200, type: 'x', code: 'ok', detail: 'x', state: 'draft' };
    expect(problemOf(new Refused('four-eyes', 'somebody else', { facts }), 'id')).toEqual({
      type: '/problems/four-eyes',
      title: 'Somebody else has to do this',
      status: 403,
      code: 'four-eyes',
      detail: 'somebody else',
      instance: 'urn:uuid:id',
      state: 'draft',
    });
  });
});
