// A finding about a written rule has to quote it: code looks the quote up in the rules, and that the change brought the line.
import type { Change } from '../domain/change.ts'
import type { Finding } from '../domain/finding.ts'
import type { Rule } from '../domain/plan.ts'
import { folderOfRule } from '../domain/rules.ts'
import type { Placed } from './claims.ts'
import { plainPath } from './place.ts'

interface Context {
  rules: Rule[]
  change: Change
  /** There is no diff that a line could have come with. */
  tree?: boolean | undefined
}

/** Why a finding about a rule can not stand, in one sentence; undefined when it can, or is about none. */
export function whyNoRule(finding: Placed, { rules, change, tree }: Context): string | undefined {
  if (!isAboutRule(finding)) return undefined
  const { rule } = finding
  if (!rule) return 'It is about a rule of the repository and quotes none.'
  const path = plainPath(rule.file)
  const file = rules.find(one => one.path === path)
  if (!file) return `It quotes a rule of ${path}, and no such file of rules holds here.`
  const wanted = bare(rule.quote)
  if (wanted.length < tellingAtLeast) return `What it quotes of ${path} is too short to be a rule.`
  if (!bare(file.text).includes(wanted)) return `What it quotes of ${path} does not stand there.`
  if (!finding.placement.path.startsWith(folderOfRule(path)) && rule.state === 'broken')
    return `${path} holds for its own folder, and ${finding.placement.path} lies elsewhere.`
  if (tree) return undefined
  if (finding.origin !== 'introduced')
    return 'It is about what was there before; a rule is held against what a change brings.'
  return isChanged(finding, change) ? undefined : 'The change did not bring the line that it is about.'
}

/** Of lenses whose only question are rules, everything; of the others, what names a rule or calls itself so. Where somebody else found a defect there too, it is more than that. */
function isAboutRule({ rule, category, agents }: Finding): boolean {
  const only = agents.every(agent => /^repository-rules(-|$)/.test(agent))
  const called = rule !== undefined || /^(?:repository[ -])?rules?$/i.test(category ?? '')
  return only || (called && agents.length === 1)
}

/** Characters other than whitespace. */
const tellingAtLeast = 10

function bare(text: string): string {
  return text.replace(/\s+/g, '')
}

function isChanged({ placement }: Placed, { files }: Change): boolean {
  if (placement.at !== 'line') return false
  const { side, line, startLine = line, path } = placement
  const lines = files.find(file => file.path === path)?.hunks.flatMap(hunk => hunk.lines) ?? []
  return lines.some(one => {
    const at = side === 'RIGHT' ? one.newLine : one.oldLine
    return one.kind !== 'context' && at !== undefined && at >= startLine && at <= line
  })
}
