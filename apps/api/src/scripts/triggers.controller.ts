import { Controller, Delete, Param, Put } from '@nestjs/common';
import { RemoveTrigger, SetTrigger } from '@stemma/commands';
import { emptyBody, setTriggerBody, triggerAnswer, triggerParameter } from '@stemma/contracts';
import type { z } from 'zod';
import { CommandEdge } from '../http/command-edge.js';
import { Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { ZodPipe } from '../http/zod.pipe.js';
import { ofScript, Slug, ValidBody } from './parameters.js';

const ofTrigger = { ...ofScript, trigger: triggerParameter };
const TriggerName = () => Param('trigger', new ZodPipe(triggerParameter, '{trigger}'));

/** What starts runs of a script by itself. */
@Controller('v1/scripts/:slug/triggers/:trigger')
export class TriggersController {
  constructor(private readonly commands: CommandEdge) {}

  @Put()
  @Operation({
    id: 'setTrigger',
    summary: 'Give a script a schedule or a path; a path is claimed for the whole tenant',
    access: 'trigger:set',
    command: true,
    params: ofTrigger,
    body: setTriggerBody,
    answer: triggerAnswer,
    refusals: [
      'script-not-found',
      'slug-retired',
      'trigger-not-of-type',
      'trigger-exists',
      'too-many-triggers',
      'route-taken',
    ],
  })
  set(
    @Exchange() exchange: HttpExchange,
    @Slug() slug: string,
    @TriggerName() name: string,
    @ValidBody(setTriggerBody) trigger: z.output<typeof setTriggerBody>,
  ) {
    return this.commands.run(
      exchange,
      trigger,
      (context) => new SetTrigger({ slug, body: { name, trigger }, context }),
    );
  }

  @Delete()
  @Operation({
    id: 'removeTrigger',
    summary: 'Take a trigger away from a script, and give its path back',
    access: 'trigger:set',
    command: true,
    params: ofTrigger,
    answer: triggerAnswer,
    refusals: ['script-not-found', 'slug-retired'],
  })
  remove(
    @Exchange() exchange: HttpExchange,
    @Slug() slug: string,
    @TriggerName() name: string,
    @ValidBody(emptyBody) body: z.output<typeof emptyBody>,
  ) {
    return this.commands.run(
      exchange,
      body,
      (context) => new RemoveTrigger({ slug, body: { name }, context }),
    );
  }
}
