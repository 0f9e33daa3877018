// `npm run demo`: Watchbill's whole job with no account and no key, and what came of it, printed and held to what must stand.
import { readArguments } from './arguments.ts'
import { faultsOfAny, faultsOfFirst, faultsOfSecond, visible } from './expect.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import {
  showChecks,
  showDifference,
  showLedger,
  showMerged,
  showOccurrences,
  showPlanted,
  showRefuted,
  showReview,
  showUnverified,
} from './print.ts'
import { planted } from './repository.ts'
import { openStage, type Stage } from './stage.ts'

const begun = performance.now()
process.exitCode = await main()

async function main(): Promise<number> {
  const asked = readArguments(process.argv.slice(2), process.env)
  if ('code' in asked) {
    if (asked.code === 0) console.log(asked.words)
    else console.error(asked.words)
    return asked.code
  }
  try {
    return await perform(asked.live)
  } catch (thrown) {
    console.error(`The demo could not be run: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
    return 2
  }
}

async function perform(live: boolean): Promise<number> {
  console.log(
    live
      ? 'The real model is asked, with the key in ANTHROPIC_API_KEY.'
      : 'REHEARSED: a scripted model speaks in this demo, not a real one. Everything else is the real program. Nothing leaves this machine.',
  )
  await using stage = await openStage({ live, say })
  sayProgress(stage)

  const { number, head } = await stage.openPull()
  say(`quayside/berths#${number} is opened: "Add refunds, CSV export and settlement".`)
  const first = await outcomeOf(stage, number, await stage.reviewed(head.sha))
  say('The first review stands.')
  const second = await secondPush(stage, number)
  say('The second review stands.')

  print(stage, number, first, second, live)
  return judge(live ? [...faultsOfAny(first), ...faultsOfAny(second)] : faultsOf(stage, first, second))
}

async function secondPush(stage: Stage, number: number): Promise<Outcome> {
  const head = await stage.push()
  say(`The author pushes ${head.slice(0, 7)}: "Sort exports by known columns only".`)
  return outcomeOf(stage, number, await stage.reviewed(head))
}

function print(stage: Stage, number: number, first: Outcome, second: Outcome, live: boolean): void {
  const url = `${stage.github.url}/quayside/berths/pull/${number}`
  for (const text of [
    showReview(first, url),
    showMerged(first),
    showRefuted(first),
    showUnverified(first),
    showChecks(first.checks),
    showOccurrences(first),
    showLedger(first, !live),
    showPlanted(visible(first, planted(), live ? 3 : 0), planted().length),
    showDifference(first, second),
  ])
    console.log(text)
}

function faultsOf(stage: Stage, first: Outcome, second: Outcome): string[] {
  return [
    ...faultsOfFirst(first, planted()),
    ...faultsOfSecond(first, second, planted()),
    ...stage.github.refusals.map(refusal => `GitHub would have refused a request: ${refusal}`),
    ...(stage.model?.refusals ?? []).map(refusal => `The model's API would have refused a request: ${refusal}`),
  ]
}

function judge(faults: string[]): number {
  const seconds = Math.round((performance.now() - begun) / 1000)
  for (const fault of faults) console.error(`✗ ${fault}`)
  console.log(
    faults.length === 0 ? `\nWhat must stand stands (${seconds} s).` : `\nSomething does not stand (${seconds} s).`,
  )
  return faults.length === 0 ? 0 : 1
}

/** The titles of the code review's check, as they change. */
function sayProgress(stage: Stage): void {
  let last = ''
  stage.github.on('check_run', ({ run }) => {
    const title: string = run.output.title ?? ''
    if (title === '' || title === last) return
    last = title
    say(title)
  })
}

function say(line: string): void {
  console.log(`${((performance.now() - begun) / 1000).toFixed(1).padStart(5)} s  ${line}`)
}
