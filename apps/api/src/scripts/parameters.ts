import { Body, Param, Query } from '@nestjs/common';
import { numberParameter, slugParameter } from '@stemma/contracts';
import type { z } from 'zod';
import { ZodPipe } from '../http/zod.pipe.js';

/** What stands in the paths of scripts, for the documentation. */
export const ofScript = { slug: slugParameter };
export const ofVersion = { slug: slugParameter, number: numberParameter };

export const Slug = () => Param('slug', new ZodPipe(slugParameter, '{slug}'));
export const VersionNumber = () => Param('number', new ZodPipe(numberParameter, '{number}'));
/** A request without a body is one with an empty object: a command without fields needs none. */
export const ValidBody = (schema: z.ZodType) =>
  Body({ transform: (body: unknown) => (body === undefined ? {} : body) }, new ZodPipe(schema));
export const ValidQuery = (schema: z.ZodType) => Query(new ZodPipe(schema, '?'));
