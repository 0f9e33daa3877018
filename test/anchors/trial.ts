// One pair of branches tried: opened as a pull, read by the workspace, quoted by the seeded hand, published, and accounted for.
import type { Change } from '../../src/domain/change.ts'
import type { Finding } from '../../src/domain/finding.ts'
import { type Severity, severities } from '../../src/domain/severity.ts'
import type { Checkout } from '../../src/domain/workspace.ts'
import type { SimulatedPull } from '../simulators/github/index.ts'
import { type Account, refusalsOf, takeAccount } from './account.ts'
import { type Chance, findingOf, pick, type Quoted, quotesOf, strayQuotesOf } from './claims.ts'
import type { Pair } from './material.ts'
import { askOracle, type Oracle } from './oracle.ts'
import { openPullOf, type Published, publishAll } from './publishing.ts'
import type { Scene } from './scene.ts'

export interface Trial {
  account: Account
  change: Change
  oracle: Oracle
  published: Published[]
}

export interface Most {
  /** Of the pair's hunks. */
  hunks?: number
  /** Of a hunk's quotes. */
  quotes?: number
  /** Of a file's quotes that stand in no hunk. */
  strays?: number
}

export async function tryOut(scene: Scene, pair: Pair, chance: Chance, most: Most = {}): Promise<Trial> {
  const { github, repo } = scene
  const before = refusalsOf(github).length
  const pull = await openPullOf(scene, pair)
  await using checkout = await checkOut(scene, pull)
  const oracle = await askOracle(repo.gitDir, checkout.mergeBase, checkout.head)
  const quotes = gather(oracle, chance, most)
  const reported = reports(quotes.quoted, chance)
  const change = await checkout.change()
  const findings = reported.map(({ finding }) => finding)
  const published = await publishAll(scene, pair, { pull, checkout, change }, findings)
  const account = takeAccount(oracle, reported, published)
  account.counts.hunks = quotes.hunks
  const refused = refusalsOf(github).slice(before)
  account.counts.refusals = refused.length
  account.complaints.push(...refused)
  return { account, change, oracle, published }
}

/** The workspace of a pull, by the way that runs take. */
export function checkOut({ host, repository, workspaces }: Scene, pull: SimulatedPull): Promise<Checkout> {
  return workspaces.openPull({
    repository,
    cloneUrl: host.cloneUrl(repository),
    number: pull.number,
    base: pull.base.sha,
    head: pull.head.sha,
    token: () => host.gitToken(repository),
    signal: new AbortController().signal,
  })
}

function gather(oracle: Oracle, chance: Chance, most: Most) {
  const { hunks = Infinity, quotes = Infinity, strays = Infinity } = most
  const all = oracle.files.flatMap(file => file.hunks.map(hunk => ({ file, hunk })))
  const taken = sample(all, hunks, chance)
  const quoted = taken.flatMap(({ file, hunk }) => sample(quotesOf(oracle, file, hunk, chance), quotes, chance))
  const files = hunks === Infinity ? oracle.files : [...new Set(taken.map(({ file }) => file))]
  for (const file of files) quoted.push(...sample(strayQuotesOf(oracle, file, chance), strays, chance))
  return { hunks: taken.length, quoted: sample(quoted, Infinity, chance) }
}

/** Now and then two agents say the same, and some say what matters less; of one quote all think the same. */
function reports(quoted: Quoted[], chance: Chance): { quoted: Quoted; finding: Finding }[] {
  const severity = new Map<string, Severity>()
  return quoted.flatMap((one, index) => {
    const key = one.quote.replace(/\s+/g, '')
    if (!severity.has(key)) severity.set(key, chance() < 0.9 ? 'high' : pick(severities, chance)!)
    const finding = findingOf(one, index, { severity: severity.get(key)! })
    const again = chance() < 0.05 ? [{ ...finding, id: `other-f${index}` }] : []
    return [finding, ...again].map(finding => ({ quoted: one, finding }))
  })
}

/** In an order that has nothing to do with where they stand. */
function sample<T>(from: T[], most: number, chance: Chance): T[] {
  const left = [...from]
  const out: T[] = []
  while (left.length > 0 && out.length < most) {
    const one = pick(left, chance)!
    left[left.indexOf(one)] = left.at(-1)!
    left.pop()
    out.push(one)
  }
  return out
}
