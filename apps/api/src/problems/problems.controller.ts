import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { isProblemCode, type ProblemCode, type ProblemKind, problemKinds } from '@stemma/contracts';
import { Refused } from '../http/refused.js';
import { Public } from '../identity/declare.js';

/** The pages that the `type` of a problem leads to. */
@ApiExcludeController()
@Controller('problems')
export class ProblemsController {
  @Get()
  @Public('listProblems')
  @Header('Content-Type', 'text/html; charset=utf-8')
  list(): string {
    const rows = Object.entries<ProblemKind>(problemKinds)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(
        ([code, { status, title }]) =>
          `<li><a href="/problems/${code}">${code}</a> (${status}): ${escaped(title)}</li>`,
      );
    return page('What answers may refuse', `<ul>${rows.join('\n')}</ul>`);
  }

  @Get(':code')
  @Public('showProblem')
  @Header('Content-Type', 'text/html; charset=utf-8')
  show(@Param('code') code: string): string {
    if (!isProblemCode(code))
      throw new Refused('not-found', 'There is no such problem. GET /problems lists them.');
    return pageOf(code);
  }
}

function pageOf(code: ProblemCode): string {
  const { status, title, remedy } = problemKinds[code];
  return page(
    title,
    `<p>HTTP ${status}, <code>${code}</code></p><p>${escaped(remedy)}</p><p><a href="/problems">All</a></p>`,
  );
}

const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title></head>` +
  `<body><h1>${escaped(title)}</h1>${body}</body></html>\n`;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
