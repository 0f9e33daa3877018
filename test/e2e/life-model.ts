// A model that knows which defects the code has: it finds what it is shown, in other words each time, and judges claims by the code as it is.
import { type ScriptedTurn, scriptedModel } from '../../src/claude/index.ts'
import type { Conversation, Meter, Model } from '../../src/domain/conversation.ts'
import type { Severity } from '../../src/domain/severity.ts'

export interface Defect {
  /** In every title it is told by, so that comments can be counted. */
  name: string
  file: string
  /** A line that has it, however it is worded. */
  at: RegExp
  /** Titles, told in turn; the claim says the same at more length. */
  words: [string, string][]
  severity: Severity
  category: string
}

export type Files = Record<string, string>

export interface LifeModel {
  model: (meter: Meter) => Model
  /** Conversations since they were counted last, by what they are for: "finder", "verify", "recheck", "same". */
  counted(): Record<string, number>
  /** Names of defects that finders overlook. */
  overlooked: Set<string>
  /** What agents of the last review were shown as the change. */
  shown: string
}

/** Dollars and tokens of a call are by its length, as a real one's are. */
export function lifeModel(defects: Defect[], code: () => Files): LifeModel {
  const counts: Record<string, number> = {}
  let told = 0
  const knows: LifeModel = {
    model: meter => scriptedModel(speak, meter),
    counted() {
      const since = { ...counts }
      for (const key of Object.keys(counts)) delete counts[key]
      return since
    },
    overlooked: new Set(),
    shown: '',
  }
  return knows

  function speak(conversation: Conversation, turn: number): ScriptedTurn {
    const input = Math.ceil((conversation.system.length + conversation.shared.length + conversation.brief.length) / 4)
    const kind = kindOf(conversation)
    if (turn === 0) counts[kind] = (counts[kind] ?? 0) + 1
    return { ...sayNext(kind, conversation, turn), usd: input / 1e6, usage: { input, output: 50 } }
  }

  function sayNext(kind: string, conversation: Conversation, turn: number): ScriptedTurn {
    if (turn > 0 && kind !== 'finder') return { text: 'Done.' }
    if (kind === 'finder') return find(conversation, turn)
    const about = defects.filter(({ words }) => words.some(([title]) => conversation.brief.includes(title)))
    if (kind === 'same')
      return { calls: [{ name: 'report_same', input: { same: about.length === 1, because: 'One fault, or two.' } }] }
    const { file, at } = about[0]!
    const line = lineOf(file, at)
    const verdict = line === undefined ? 'INVALID' : 'VALID'
    const cited = [{ path: file, text: line ?? (code()[file] ?? '').split('\n').find(one => one.length > 20) ?? '' }]
    const because = line === undefined ? 'The code does it right now.' : 'The code still does it.'
    return { calls: [{ name: 'report_verdict', input: { verdict, because, cited } }] }
  }

  function find({ brief, shared }: Conversation, turn: number): ScriptedTurn {
    knows.shown = shared
    const files = [...brief.matchAll(/^- (src\/\S+|docs\/\S+)$/gm)].map(found => found[1]!)
    if (turn === 0) return { calls: files.map(path => ({ name: 'read', input: { path } })) }
    if (turn > 1 || !/^Lens: (generalist|correctness)\n/.test(brief)) return { text: 'Looked at all of it.' }
    const calls = defects
      .filter(
        ({ file, at }) => files.includes(file) && lineOf(file, at) !== undefined && isShown(shared, lineOf(file, at)!),
      )
      .filter(({ name }) => !knows.overlooked.has(name))
      .map(({ file, at, words, severity, category }) => {
        const [title, claim] = words[told++ % words.length]!
        const input = { file, quote: lineOf(file, at), title, claim, severity, category }
        return { name: 'report_finding', input: { ...input, confidence: 'high', origin: 'introduced' } }
      })
    return calls.length > 0 ? { calls } : { text: 'Nothing.' }
  }

  function lineOf(file: string, at: RegExp): string | undefined {
    return code()
      [file]?.split('\n')
      .find(line => at.test(line))
  }

  function isShown(shared: string, line: string): boolean {
    return shared.includes(`+ ${line}`)
  }
}

function kindOf({ kind, name }: Conversation): string {
  if (kind === 'finder') return 'finder'
  if (name.startsWith('same ')) return 'same'
  return name.includes('earlier-') ? 'recheck' : 'verify'
}
