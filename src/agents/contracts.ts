// What the parts of a large change declare to each other: the declarations that changed, and which other parts' lines name them.
import type { Change, ChangedFile, HunkLine } from '../domain/change.ts'
import type { Assignment, Plan } from '../domain/plan.ts'
import { showPath, untrusted } from '../domain/untrusted.ts'
import { fill, type Words } from '../domain/words.ts'

/** Who looks from part to part. */
export const acrossAgent = 'contracts-and-callers'

export interface Declared {
  path: string
  name: string
  lines: HunkLine[]
  /** Other changed files, of other parts, whose changed lines have the name in them. */
  usedIn: string[]
}

/** By path, the numbers of the parts that an agent is sent over; empty for a change that was not parted. */
export function partsOf({ assignments }: Pick<Plan, 'assignments'>): Map<string, number> {
  const seats = Map.groupBy(assignments, seatOf)
  const parted = [...seats.values()].filter(parts => parts.length > 1).sort((a, b) => b.length - a.length)[0] ?? []
  return new Map(parted.flatMap((one, index) => one.files.map(path => [path, index + 1] as const)))
}

export function seatOf({ seat, id }: Pick<Assignment, 'seat' | 'id'>): string {
  return seat ?? id
}

/** The part of the brief of whoever looks across the parts; empty when there are none. Pure. */
export function sayContracts(change: Change, plan: Plan, words: Pick<Words, 'across-parts'>): string {
  const parts = partsOf(plan)
  if (parts.size === 0) return ''
  const declared = changedContracts(
    change.files.filter(file => parts.has(file.path)),
    parts,
  )
  const shown: string[] = []
  let room = contractsLimit
  for (const one of declared) {
    const text = say(one, parts)
    room -= text.length
    if (room < 0) break
    shown.push(text)
  }
  const left = declared.length - shown.length
  if (left > 0) shown.push(`and ${left} more changed declarations; find them with grep.`)
  const count = String(new Set(parts.values()).size)
  return fill(words['across-parts'], {
    parts: count,
    contracts: shown.join('\n\n') || 'Code found none of the forms that it knows.',
  }).trim()
}

/** Characters of declarations in one brief. */
const contractsLimit = 60_000
/** Names that are looked for in other parts, and files that are named for each. */
const mostNames = 2_000
const mostUses = 8

/** First those that other parts name, then those that were there before and are changed or gone, then what is new. */
export function changedContracts(files: ChangedFile[], parts: Map<string, number>): Declared[] {
  const all = files.flatMap(declarationsOf)
  const weight = (one: Declared) => (one.lines.some(line => line.kind === 'removed') ? 1 : 0)
  const kept = all.toSorted((a, b) => weight(b) - weight(a)).slice(0, mostNames)
  const byName = Map.groupBy(kept, one => one.name)
  for (const file of files) {
    const named = new Set<string>()
    for (const line of file.hunks.flatMap(hunk => hunk.lines)) {
      if (line.kind === 'context' || line.text.length > 2_000) continue
      for (const [word] of line.text.matchAll(/[\p{L}_$][\p{L}\p{N}_$]*/gu)) if (byName.has(word)) named.add(word)
    }
    for (const name of named)
      for (const one of byName.get(name) ?? [])
        if (parts.get(one.path) !== parts.get(file.path)) one.usedIn.push(file.path)
  }
  const rank = (one: Declared) => (one.usedIn.length > 0 ? 2 : 0) + weight(one)
  return [...kept.toSorted((a, b) => rank(b) - rank(a)), ...all.filter(one => !kept.includes(one))]
}

// One name each, in the languages' own words for what others may use; what a type checker knows better is left to the agent's tools.
const forms: [files: RegExp, form: RegExp][] = [
  [
    /\.(?:[cm]?[jt]sx?|vue|svelte)$/,
    /^\s*export\s+(?:default\s+|declare\s+|abstract\s+|async\s+)*(?:function\*?|class|const|let|var|interface|type|enum)\s+([\w$]+)/,
  ],
  [/\.pyi?$/, /^(?:async\s+def|def|class)\s+([A-Za-z]\w*)/],
  [/\.go$/, /^(?:func\s+(?:\([^)]*\)\s*)?|type\s+|const\s+|var\s+)([A-Z]\w*)/],
  [/\.rs$/, /^\s*pub\s+(?:async\s+|unsafe\s+|const\s+)*(?:fn|struct|enum|trait|type|const|static|mod)\s+(\w+)/],
  [
    /\.(?:java|kt|cs|scala|swift|php)$/,
    /^\s*(?:public|protected|open)\s+(?:[\w<>,.?[\]]+\s+)*?(?:class\s+|interface\s+|enum\s+|record\s+|func\s+|fun\s+|function\s+|def\s+)?(\w+)\s*(?:[({<:]|extends|implements)/,
  ],
  [/\.rb$/, /^\s*(?:def\s+(?:self\.)?|class\s+|module\s+)(\w+)/],
  [/\.(?:h|hpp|hh)$/, /^\s*(?:class|struct|enum)\s+(\w+)|^[\w:*&<>\s]+?\b(\w+)\s*\([^;]*\)\s*;/],
  [/\.proto$/, /^\s*(?:message|service|rpc|enum)\s+(\w+)/],
  [/\.(?:graphql|gql)$/, /^\s*(?:type|input|enum|interface|scalar|union)\s+(\w+)/],
]

export function declarationsOf(file: ChangedFile): Declared[] {
  const form = forms.find(([files]) => files.test(file.path))?.[1]
  if (!form) return []
  const found = new Map<string, Declared>()
  for (const line of file.hunks.flatMap(hunk => hunk.lines)) {
    if (line.kind === 'context' || line.text.length > 1_000) continue
    const match = form.exec(line.text)
    const name = match?.[1] ?? match?.[2]
    if (!name) continue
    const known = found.get(name) ?? { path: file.path, name, lines: [], usedIn: [] }
    if (known.lines.length < 6) known.lines.push(line)
    found.set(name, known)
  }
  return [...found.values()]
}

function say({ path, name, lines, usedIn }: Declared, parts: Map<string, number>): string {
  const text = lines.map(
    line => `${line.newLine ?? ''} ${line.kind === 'added' ? '+' : '-'} ${line.text.slice(0, 300)}`,
  )
  const uses = usedIn.slice(0, mostUses).map(one => `${showPath(one)} (part ${parts.get(one)})`)
  if (usedIn.length > uses.length) uses.push(`and ${usedIn.length - uses.length} more`)
  return [
    `### ${showPath(path)} (part ${parts.get(path)})`,
    untrusted(`declaration of ${name} in ${path}`, text.join('\n')),
    ...(uses.length > 0 ? [`Named in changed lines of other parts: ${uses.join(', ')}`] : []),
  ].join('\n')
}
