import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { someEvent } from '../api-answers.fixtures.js';
import { noon } from '../run-cli.fixtures.js';
import { eventRow, sayType, tellEvent } from './describe-event.js';
import { createPaint } from './paint.js';

const policy = { requiredApprovals: 2, fourEyes: true };
const known = [
  ['ScriptCreated', { details: { name: 'Tidy marks' } }, '“Tidy marks”'],
  ['ScriptDetailsChanged', { details: { name: 'Tidy' } }, '“Tidy”'],
  ['DraftCreated', { number: 1, origin: 'saved', changeSummary: null, sameContentAs: null }, 'version 1'],
  [
    'DraftCreated',
    { number: 4, origin: 'rollback', changeSummary: '3 loses rows', sameContentAs: 2 },
    'version 4 by rollback, same content as 2: “3 loses rows”',
  ],
  [
    'SubmittedForReview',
    { number: 2, round: 3, policy },
    'version 2, round 3 (2 approvals needed, four eyes)',
  ],
  ['SubmissionWithdrawn', { number: 2, round: 3 }, 'version 2, round 3'],
  ['ChangesRequested', { number: 2, round: 1, reviewNote: 'No.' }, 'version 2, round 1: “No.”'],
  ['VersionApproved', { number: 2, round: 1, reviewNote: null }, 'version 2, round 1'],
  ['VersionPublished', { number: 2, policy }, 'version 2'],
  ['VersionArchived', { number: 1, supersededBy: { number: 2 } }, 'version 1, version 2 is active'],
  ['ScriptEnabled', {}, ''],
  ['ScriptDisabled', { reason: 'The data moved' }, '“The data moved”'],
  [
    'VersionPublished',
    { number: 2, breakGlass: { reason: 'Fire' } },
    'version 2, by breaking the glass: “Fire”',
  ],
  ['VersionArchived', { number: 1, supersededBy: null }, 'version 1, none is active'],
  ['TriggerSet', { name: 'hook', trigger: { kind: 'http', method: 'POST', path: '/m' } }, 'hook: POST /m'],
  [
    'TriggerRemoved',
    { name: 'daily', trigger: { kind: 'cron', expression: '0 7 * * *', timeZone: 'UTC' } },
    'daily: 0 7 * * * (UTC)',
  ],
  ['ReviewPolicySet', { policy }, '(2 approvals needed, four eyes)'],
  ['ReviewPolicySet', { policy: null }, 'the one of the tenant'],
  ['PrunePolicySet', { policy: null }, 'only when somebody asks'],
  ['PrunePolicySet', { policy: { maxVersions: 3, retentionDays: null } }, 'kept: the newest 3'],
  [
    'VersionsPruned',
    { versions: [{}, {}], policy: { maxVersions: 3, retentionDays: 9 } },
    '2 of them, kept: the newest 3 and those of 9 days',
  ],
  ['ScriptRetired', { reason: null }, ''],
] as const;

describe('a line of the history', () => {
  it.each(known)('%s %j tells: %s', (type, data, expected) => {
    expect(tellEvent(someEvent(type, data))).toBe(expected);
  });

  it('says when, who, what and the detail', () => {
    const event = someEvent('DraftCreated', { number: 1, origin: 'saved' });
    expect(eventRow(event, createPaint(false), noon)).toEqual([
      '2026-11-21T11:57:00Z (3 min. ago)',
      'author',
      'draft created',
      'version 1',
    ]);
  });

  it('shows an event of a later release as it stands', () => {
    expect(tellEvent(someEvent('ScriptTranslated', { to: 'fr' }))).toBe('{"to":"fr"}');
    expect(sayType('ScriptTranslated')).toBe('script translated');
  });

  it('holds whatever the data, on one line', () => {
    const types = fc.constantFrom(...known.map(([type]) => type), 'toString', 'Unknown');
    const data = fc.dictionary(
      fc.constantFrom('number', 'round', 'policy', 'details', 'reason', 'x'),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(types, data, (type, fields) => {
        expect(tellEvent(someEvent(type, fields as never))).not.toContain('\n');
      }),
    );
  });
});
