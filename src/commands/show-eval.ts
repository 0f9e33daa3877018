// What `watchbill eval` prints: figures with their intervals, and what keeps them from being more than they are.
import { dollars } from '../domain/money.ts'
import { plural } from '../domain/plural.ts'
import type { Compared, Figure, Measured, Row } from '../evaluation/index.ts'
import type { Evaluated } from './eval.ts'
import { plain, strong, table } from './print.ts'

export function showEval({ dataSet, measured, stopped, file }: Evaluated): string {
  const { pulls, header } = measured
  return [
    strong(`${plain(dataSet.name)}: ${header.mode === 'review' ? 'reviews' : 'the verifier alone'}`),
    ...withWhat(measured),
    '',
    sayPulls(pulls),
    ...pulls.failed.map(({ item, because }) => `  ${plain(item)}: ${plain(because)}`),
    ...dataSet.notes.map(plain),
    ...(stopped ? [plain(stopped)] : []),
    '',
    table(['figure', 'value', '95 % interval', 'of'], figuresOf(measured), ''),
    '',
    ...rowsOf('severity', measured.bySeverity),
    ...rowsOf('category', measured.byCategory),
    table(
      ['model', 'input', 'cache write', 'cache read', 'output', 'cost'],
      measured.tokens.map(({ model, input, cacheWrite, cacheRead, output, usd }) => [
        model,
        ...[input, cacheWrite, cacheRead, output].map(String),
        dollars(usd),
      ]),
      'No model was called.',
    ),
    `${plural(measured.calls, 'call')}, ${dollars(measured.usd)} in all. Saved in ${file}.`,
    ...caveats(measured),
  ].join('\n')
}

export function showCompared({ pulls, notes, figures }: Compared): string {
  const rows = figures.map(({ name, first, second, difference }) => {
    const money = name.startsWith('US dollars')
    const one = (value: number | undefined) => (money ? usdOrNone(value) : number(name, value))
    const sign = (value: number | undefined) => (value !== undefined && value > 0 ? `+${one(value)}` : one(value))
    const interval =
      difference.low === undefined || difference.high === undefined
        ? '–'
        : `${sign(difference.low)} to ${sign(difference.high)}`
    return [name, one(first), one(second), sign(difference.value), interval, telling(difference)]
  })
  return [
    strong(`${plural(pulls, 'pull request')} that both measured`),
    ...notes.map(plain),
    '',
    table(['figure', 'first', 'second', 'difference', '95 % interval', 'tells'], rows, ''),
  ].join('\n')
}

/** An interval that holds 0 tells no difference; that is no proof that there is none. */
function telling({ low, high }: Pick<Figure, 'low' | 'high'>): string {
  if (low === undefined || high === undefined) return 'too few pulls to tell'
  return low > 0 || high < 0 ? 'a difference' : 'no difference to be told from chance'
}

function withWhat({ header }: Measured): string[] {
  const { dataSet, prompts, models, version, match, tolerance, mode, routines, rehearsed } = header
  const matching = match === 'judge' ? 'by lines, then a model that says whether both mean the same' : 'by lines alone'
  return [
    `Data set ${dataSet.digest} (${plural(dataSet.items, 'pull request')}), prompts ${prompts}, Watchbill ${version}`,
    `Models: ${Object.entries(models)
      .map(([tier, model]) => `${tier} ${model}`)
      .join(', ')}`,
    ...(mode === 'review' ? [`Matched ${matching}, ${plural(tolerance, 'line')} apart at most`] : []),
    ...(routines.length > 0 ? [`Routines: ${routines.join(', ')}`] : []),
    ...(rehearsed ? [strong('Rehearsed: a scripted model answered, so these figures say nothing about quality.')] : []),
  ]
}

function sayPulls({ done, partly, failed, left }: Measured['pulls']): string {
  const parts = [
    `${plural(done, 'pull request')} measured${partly > 0 ? ` (${partly} of them only in part)` : ''}`,
    ...(failed.length > 0 ? [`${failed.length} could not be, and count in no figure`] : []),
    ...(left > 0 ? [`${left} not yet`] : []),
  ]
  return `${parts.join('; ')}.`
}

function figuresOf(measured: Measured): string[][] {
  const { precision, recall, f1, commentsPerPull, keptTrue, refutedFalse, usdPerPull } = measured
  const all: [string, Figure | undefined][] = [
    ['precision', precision],
    ['recall', recall],
    ['F1', f1],
    ['comments per pull', commentsPerPull],
    ['true ones kept', keptTrue],
    ['rejected ones not kept', refutedFalse],
    ['US dollars per pull', usdPerPull],
  ]
  return all.flatMap(([name, figure]) => (figure ? [[name, ...cells(name, figure)]] : []))
}

function cells(name: string, { value, low, high, how, ...sums }: Figure): string[] {
  const show = (one: number | undefined) => (name.startsWith('US dollars') ? usdOrNone(one) : number(name, one))
  const interval = low === undefined || high === undefined ? '–' : `${show(low)} to ${show(high)} (${how})`
  const of = name === 'F1' || name.startsWith('US dollars') ? '' : `${sums.of} of ${sums.in}`
  return [show(value), interval, of]
}

function rowsOf(what: string, rows: Row[]): string[] {
  if (rows.length === 0) return []
  const short = (figure: Figure | undefined) =>
    figure && figure.in > 0 ? `${number('', figure.value)} (${figure.of}/${figure.in})` : '–'
  const cellsOf = ({ name, recall, precision, keptTrue, refutedFalse }: Row) => [
    plain(name),
    ...(recall && precision ? [short(recall), short(precision)] : []),
    short(keptTrue),
    short(refutedFalse),
  ]
  const reviewed = rows.some(row => row.recall)
  const headings = [what, ...(reviewed ? ['recall', 'precision'] : []), 'true ones kept', 'rejected ones not kept']
  return [table(headings, rows.map(cellsOf), ''), '']
}

function caveats({ withoutVerdict, unanswered, rejectedPosted, header }: Measured): string[] {
  return [
    ...(header.mode === 'review'
      ? ['Precision is a lower bound: what is posted and not in the data set counts as wrong, though it may be right.']
      : []),
    ...(rejectedPosted ? [`${rejectedPosted} posted comments are ones that the data set has as rejected.`] : []),
    ...(withoutVerdict > 0
      ? [`${withoutVerdict} labelled comments got no verdict, and are in neither share of the verifier.`]
      : []),
    ...(unanswered > 0
      ? [`${unanswered} pairs got no answer on whether they mean the same; they count as different.`]
      : []),
  ]
}

/** Shares as percent, counts as they are. */
function number(name: string, value: number | undefined): string {
  if (value === undefined) return '–'
  return name === 'comments per pull' ? value.toFixed(1) : `${(100 * value).toFixed(1)} %`
}

function usdOrNone(value: number | undefined): string {
  return value === undefined ? '–' : dollars(value)
}
