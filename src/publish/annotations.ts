// What a check annotates: lines of the diff whose finding has no comment of its own.
import type { Judged } from '../domain/finding.ts'
import type { Annotation } from '../domain/host.ts'
import { atLeast } from '../domain/severity.ts'
import { word } from './comment.ts'
import { type Conclusion, isHeard, stands } from './facts.ts'
import { plain } from './scrub.ts'

/** GitHub shows annotations beside comments: what has a comment of its own has none. */
export function needsAnnotation(finding: Judged, quiet = false): boolean {
  const { verdict, shown } = finding.verdict
  if (quiet && stands(finding) && !isHeard(finding, { quiet })) return true
  if (shown !== 'body' && shown !== 'check') return false
  return stands(finding) || ((verdict === 'unverified' || verdict === 'held') && atLeast(finding.severity, 'high'))
}

export function annotation(conclusion: Conclusion): (finding: Judged) => Annotation[] {
  return finding => {
    const { placement } = finding
    if (
      placement.at === 'nowhere' ||
      placement.line === undefined ||
      (placement.at === 'line' && placement.side === 'LEFT')
    )
      return []
    const grave = atLeast(finding.severity, 'high')
    const shut = grave && conclusion === 'failure' && stands(finding)
    const level = shut ? 'failure' : grave || finding.severity === 'medium' ? 'warning' : 'notice'
    const startLine = placement.at === 'line' ? (placement.startLine ?? placement.line) : placement.line
    return [
      {
        path: placement.path,
        startLine,
        endLine: placement.line,
        level,
        title: plain(`${word(finding.severity)}${stands(finding) ? '' : ', not verified'}: ${finding.title}`, 250),
        message: plain(finding.claim, 4_000),
      },
    ]
  }
}
