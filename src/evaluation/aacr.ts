// AACR-Bench's files: https://github.com/alibaba/aacr-bench/tree/main/dataset
import { z } from 'zod'
import { type EvalItem, itemOf, type Labelled } from './item.ts'
import { commit, lineNumber, namesUsedTwice, pathInTree, text } from './shapes.ts'

const pullUrl = /^https:\/\/github\.com\/([\w.-]+)\/([\w.-]+)\/pull\/([1-9]\d{0,8})$/

// Only what is used is asked for: the project's own description names keys that the files have not, and the other way round.
const comment = z.object({
  note: text,
  path: pathInTree,
  side: z.enum(['right', 'left']),
  from_line: lineNumber,
  to_line: lineNumber,
  category: z.string().trim().min(1).max(60),
})
const pull = z.object({
  githubPrUrl: z.string().regex(pullUrl, 'is the URL of a pull request on github.com'),
  source_commit: commit,
  target_commit: commit,
  comments: z.array(comment).max(1000),
})

export const aacrSchema = z
  .array(pull)
  .min(1, 'has no pull request')
  .max(10_000)
  .superRefine((pulls, context) => {
    for (const complaint of namesUsedTwice(pulls.map(one => one.githubPrUrl)))
      context.addIssue({ code: 'custom', ...complaint })
  })
type AacrPull = z.infer<typeof pull>

/** One item for each pull of the two files, those of the first one first. Also the sentences about what was read otherwise than written, and about pulls that the files disagree on. */
export function itemsOfAacr(
  known: AacrPull[],
  rejected: AacrPull[],
): { items: EvalItem[]; notes: string[]; problems: string[] } {
  const others = new Map(rejected.map(one => [one.githubPrUrl, one]))
  const urls = [...new Set([...known, ...rejected].map(one => one.githubPrUrl))]
  const first = new Map(known.map(one => [one.githubPrUrl, one]))
  const notes: string[] = []
  const problems: string[] = []
  const items = urls.map(url => {
    const [a, b] = [first.get(url), others.get(url)]
    const one = (a ?? b)!
    if (a && b && (a.source_commit !== b.source_commit || a.target_commit !== b.target_commit))
      problems.push(`${url}: the two files name different commits`)
    const [, owner, name, number] = pullUrl.exec(url) ?? []
    const id = `${owner}/${name}#${number}`
    const read = (comments: z.infer<typeof comment>[], kind: string) =>
      comments.map((label, index) => labelledOf(label, `${kind}-${index + 1}`, id, notes))
    return itemOf({
      id,
      repository: `https://github.com/${owner}/${name}`,
      pull: Number(number),
      // Tried on real pulls: what the files call source is a commit of the branch merged into, and the target is the pull's head.
      base: one.source_commit,
      head: one.target_commit,
      known: read(a?.comments ?? [], 'known'),
      rejected: read(b?.comments ?? [], 'rejected'),
    })
  })
  return { items, notes, problems }
}

function labelledOf(label: z.infer<typeof comment>, id: string, item: string, notes: string[]): Labelled {
  const [from, to] = [Math.min(label.from_line, label.to_line), Math.max(label.from_line, label.to_line)]
  if (label.from_line > label.to_line)
    notes.push(`${item}: the lines of ${id} stand the wrong way round; they were read as ${from} to ${to}.`)
  return {
    id,
    path: label.path,
    side: label.side === 'left' ? 'LEFT' : 'RIGHT',
    from,
    to,
    category: label.category.toLowerCase(),
    text: label.note,
  }
}
