import { recordSample, type Samples } from '@stemma/read-model';
import { samples } from './samples.js';

/** The SQL of every query as it is sent, by file of docs/sql: so that a change of it is seen in a diff. */
export async function describeQueries(): Promise<ReadonlyMap<string, string>> {
  const pages = await Promise.all(
    samples.map(async (one) => [`${one.projection.name}.sql`, await pageOf(one)] as const),
  );
  return new Map(pages);
}

async function pageOf({ projection, queries }: Samples): Promise<string> {
  const sections: string[] = [];
  for (const [name, sample] of Object.entries(queries)) {
    const { indexes, allTenants } = sample;
    const who = allTenants ? ' (all tenants: the system itself)' : '';
    const heading = [`-- ${name}${who}`, ...indexes.map((index) => `-- by ${index}`)];
    const recorded = await recordSample(sample);
    sections.push([...heading, ...recorded.map(({ sql }) => `${onLines(sql)};`)].join('\n'));
  }
  const title = `-- What the queries of ${projection.name} send. Made by \`npm run -s sql\`; do not edit it by hand.`;
  return `${[title, ...sections].join('\n\n')}\n`;
}

/** A line for each clause: diffs are read line by line. */
const onLines = (sql: string): string =>
  sql
    .replaceAll('"', '')
    .replaceAll(/ (from|inner join|left join|where|and|order by|limit|union all|union) /g, '\n  $1 ');
