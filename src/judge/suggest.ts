// Which proposed replacements are offered for committing: shown by code to apply and parse, confirmed by who verified, and apart from each other.
import type { Change } from '../domain/change.ts'
import type { Judged } from '../domain/finding.ts'
import type { Parsing, Suggested } from '../domain/suggestion.ts'
import type { Checkout } from '../domain/workspace.ts'
import { apply } from './apply.ts'
import type { Known } from './claims.ts'
import type { Before } from './place-now.ts'
import { readText } from './texts.ts'

export interface Trying {
  change: Change
  checkout: Checkout
  /** Absent: nothing is offered. */
  parsing?: Parsing | undefined
  /** Whether a text leaves as it is: nothing in it is taken for a secret. */
  leavesAsItIs?: ((text: string) => Promise<boolean>) | undefined
  signal: AbortSignal
}

/** Before anybody is asked. What is refused keeps its sentence; the finding itself is none the worse for it. */
export async function tryOut(findings: Known[], trying: Trying): Promise<Known[]> {
  const { change, checkout, parsing, leavesAsItIs, signal } = trying
  const drafts = await Promise.all(
    findings.map(async finding => {
      if (!finding.suggestion || finding.into) return undefined
      const { path } = finding.placement
      const file = change.files.find(one => one.path === path)
      const edit = apply(finding, file, file && (await readText(checkout, path)))
      if ('refused' in edit) return edit
      const texts = [edit.with.join('\n'), edit.after]
      for (const text of texts)
        if (leavesAsItIs && !(await leavesAsItIs(text)) && (text !== edit.after || (await leavesAsItIs(edit.before))))
          return { refused: 'It holds what looks like a secret.', secret: true as const }
      return edit
    }),
  )
  const edits = drafts.flatMap(one => (one && !('refused' in one) ? [one] : []))
  const complaints = parsing ? await parsing(edits, signal) : edits.map(() => 'Nothing here could try it out.')
  return findings.map((finding, index) => {
    const draft = drafts[index]
    if (!draft) return finding
    const because = 'refused' in draft ? draft.refused : complaints[edits.indexOf(draft)]
    if (because !== undefined || 'refused' in draft)
      return {
        ...finding,
        suggested: { ...refused(because ?? ''), ...('secret' in draft && { secret: draft.secret }) },
      }
    const { path, startLine, line } = draft
    return {
      ...finding,
      suggested: {
        ...{ state: 'checked', path, startLine, line, with: draft.with },
        because: 'It applies, and the file parses as well with it as without.',
      },
    }
  })
}

/** After everything is ranked: of two that meet the more important one stays, and none meets one that stands on the pull already. */
export function settleSuggestions(findings: Judged[], before: Before[]): Judged[] {
  const taken: Range[] = before.flatMap(({ finding, placement }) =>
    finding.state === 'open' && asOffered(finding).suggested && placement.at === 'line'
      ? [{ ...placement, startLine: placement.startLine ?? placement.line, fingerprint: finding.fingerprint }]
      : [],
  )
  const offers = new Map(
    before.map(({ finding }) => [finding.fingerprint, finding.state === 'open' ? asOffered(finding) : {}]),
  )
  return findings
    .map(settle)
    .map(finding =>
      finding.suggested?.state === 'committable' ? finding : { ...finding, ...offers.get(finding.fingerprint) },
    )

  function settle(finding: Judged): Judged {
    const { suggested } = finding
    if (suggested?.state !== 'checked') return finding
    const why = whyNotOffered(finding) ?? whyMeets({ ...suggested, fingerprint: finding.fingerprint }, taken)
    if (why !== undefined) return { ...finding, suggested: refused(why) }
    taken.push({ ...suggested, fingerprint: finding.fingerprint })
    const because = `${suggested.because} The verifier agrees that it mends the finding.`
    return { ...finding, suggested: { ...suggested, state: 'committable', because } }
  }
}

/** What a comment that stands goes on offering, whatever a later review has to say: nothing else may meet it, and it is not offered anew. */
export function asOffered({ suggested }: Pick<Judged, 'suggested'>): Pick<Judged, 'suggested'> {
  if (suggested?.state !== 'committable' && suggested?.state !== 'offered') return {}
  return { suggested: { ...suggested, state: 'offered', because: 'The comment of an earlier review offers it.' } }
}

function whyNotOffered({ verdict, verification }: Judged): string | undefined {
  if (verdict.verdict !== 'posted' || verdict.shown !== 'inline') return 'The finding is no comment on its lines.'
  if (verification.fixes === undefined) return 'Nobody who verified the finding was asked about it, or answered.'
  return verification.fixes ? undefined : 'Who verified the finding does not agree that it mends it.'
}

interface Range {
  path: string
  startLine: number
  line: number
  fingerprint: string
}

/** Neighbours meet too: what each was tried beside is then not what stands there. */
function whyMeets(one: Range, taken: Range[]): string | undefined {
  const met = taken.some(
    other =>
      other.path === one.path &&
      other.fingerprint !== one.fingerprint &&
      one.startLine <= other.line + 1 &&
      other.startLine <= one.line + 1,
  )
  return met ? 'Another suggestion stands on the same lines, or right beside them.' : undefined
}

function refused(because: string): Suggested {
  return { state: 'refused', because }
}
