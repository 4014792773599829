/** Reports on a text: how long it is, which words it uses most, and how hard it is to read. */
import { readFileSync } from 'node:fs';

const COMMON = new Set(
  `a about after all also an and any are as at be because been before but by came could did do down each even for from
  gave had has have he her here him his how i if in into is it its like more most much my no nobody none not now of off
  on one only or other our out over said same see she should so some such than that the their them then there these they
  thing things this those to too two under up us was we were what when where which while who whom whose why will with
  would yet you your`.split(/\s+/),
);

/** Faster: plain letters only. */
const words = (text) => text.toLowerCase().match(/[a-z]+/g) ?? [];
const sentences = (text) => text.match(/[^.!?]+[.!?]+["”’]?/g) ?? [];
const syllables = (word) => Math.max(1, (word.replace(/e$/, '').match(/[aeiouy]+/g) ?? []).length);
const round = (value) => Math.round(value * 10) / 10;

function count(list) {
  const counts = new Map();
  for (const item of list) counts.set(item, (counts.get(item) ?? 0) + 1);
  return [...counts].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1));
}

/** Flesch's reading ease: 100 is very easy, 0 is very hard. */
function readingEase(text, all) {
  const perSentence = all.length / Math.max(1, sentences(text).length);
  const perWord = all.reduce((sum, word) => sum + syllables(word), 0) / all.length;
  return round(206.835 - 1.015 * perSentence - 84.6 * perWord);
}

function report({ title, words: total, distinct, sentences: many, readingEase: ease, mostUsed, longest }) {
  const widest = Math.max(...mostUsed.map(({ word }) => word.length));
  const bars = mostUsed.map(({ word, times }) => `${word.padEnd(widest)}  ${'█'.repeat(times)} ${times}`);
  return [
    `# ${title}`,
    '',
    `${total} words, ${distinct} of them different, in ${many} sentences. Reading ease ${ease} of 100.`,
    '',
    'Most used, small words left out:',
    '',
    ...bars.map((bar) => `    ${bar}`),
    '',
    `Longest: ${longest.join(', ')}.`,
    '',
  ].join('\n');
}

export async function run(input, context) {
  const text = readFileSync(context.files[input.file], 'utf8');
  const all = words(text);
  if (all.length === 0) throw new Error(`${input.file} holds no words.`);
  const telling = count(all.filter((word) => !COMMON.has(word)));
  const result = {
    title: text.trim().split('\n')[0],
    words: all.length,
    distinct: new Set(all).size,
    sentences: sentences(text).length,
    readingEase: readingEase(text, all),
    mostUsed: telling.slice(0, input.top ?? context.settings.top).map(([word, times]) => ({ word, times })),
    longest: [...new Set(all)].sort((a, b) => b.length - a.length || (a < b ? -1 : 1)).slice(0, 5),
  };
  context.log.info(`${result.words} words in ${result.sentences} sentences`);
  await context.writeArtifact('report.md', report(result));
  await context.writeArtifact('words.csv', ['word,times', ...count(all).map((row) => row.join(','))].join('\n') + '\n');
  return result;
}
