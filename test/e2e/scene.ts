// A pull request with one planted defect, and the model that finds it: what most end-to-end tests are played on.
import type { CheckRun, GitHubSimulator, SimulatedRepository } from '../simulators/github/index.ts'
import { call, type MessagesRequest, type Reply, say } from '../simulators/model/index.ts'

export const base = {
  'src/price.ts': 'export function cents(text: string): number {\n  return Math.round(Number(text) * 100)\n}\n',
}
export const quote = '  return Math.floor(Number(text) * 100)'
export const changed = {
  'src/price.ts': `export function cents(text: string): number {\n${quote}\n}\n`,
}

/** What makes the change no trivial one, so that a fleet of four is sent. */
export const longer = {
  ...changed,
  'src/table.ts': Array.from({ length: 20 }, (_, index) => `export const row${index} = ${index}\n`).join(''),
}

export const answersIn = (request: MessagesRequest) =>
  request.messages.filter(message => message.role === 'assistant').length

export const isVerifier = (request: MessagesRequest) =>
  request.tools?.some(tool => 'name' in tool && tool.name === 'report_verdict') === true

/** One finder reads the file and reports the planted defect; its verifier confirms it. */
export const finds: Reply = request => {
  const answers = answersIn(request)
  if (isVerifier(request)) {
    if (answers > 0) return say('Done.')
    return call('report_verdict', {
      verdict: 'VALID',
      because: '0.29 * 100 is 28.999999999999996, and floor makes 28 of it.',
      cited: [{ path: 'src/price.ts', line: 2, text: quote }],
    })
  }
  if (answers === 0) return call('read', { path: toCover(request) })
  if (answers === 1 && /Lens: (generalist|correctness)/.test(JSON.stringify(request.messages)))
    return call('report_finding', {
      file: 'src/price.ts',
      quote,
      title: 'Rounding down loses a cent',
      claim: 'cents("0.29") is 28, since 0.29 * 100 is 28.999999999999996.',
      severity: 'high',
      confidence: 'high',
      origin: 'introduced',
      category: 'correctness',
      fix: 'Use Math.round.',
    })
  return say(`Looked at ${toCover(request)}.`)
}

export const findsNothing: Reply = request =>
  answersIn(request) === 0 ? call('read', { path: toCover(request) }) : say(`Looked at ${toCover(request)}; nothing.`)

/** The first file that the agent is to cover: of a review that goes on, one that was pushed since. */
function toCover(request: MessagesRequest): string {
  return /## Files to cover.*?\\n- ([^\\"]+)/.exec(JSON.stringify(request.messages))?.[1] ?? 'src/price.ts'
}

export async function openScene(
  github: GitHubSimulator,
  options: Partial<Parameters<GitHubSimulator['createRepository']>[0]> & {
    change?: Record<string, string>
    pull?: Partial<Parameters<SimulatedRepository['openPull']>[0]>
  } = {},
): Promise<{ repository: SimulatedRepository; number: number; head: string }> {
  const { change, pull, files, ...others } = options
  const repository = await github.createRepository({
    owner: 'acme',
    name: `shop-${++scenes}`,
    private: true,
    files: { ...base, ...files },
    ...others,
  })
  const head = await repository.commit({ branch: 'feature', files: change ?? changed })
  const { number } = await repository.openPull({ head: 'feature', title: 'Floor the price', ...pull })
  return { repository, number, head }
}
let scenes = 0

/** Both routines' checks on the commit have come to an end. */
export function isReviewed(repository: SimulatedRepository, head: string): boolean {
  const checks = repository.checkRuns(head)
  return checks.length > 0 && checks.length % 2 === 0 && checks.every(check => check.status === 'completed')
}

export const conclusions = (checks: CheckRun[]) =>
  Object.fromEntries(checks.map(check => [check.name.replace('Watchbill / ', ''), check.conclusion]))
