// "@watchbill why" in reply to a finding: how it was placed, verified and judged, and what became of it, as Markdown for its thread.
import type { Event } from '../../domain/event.ts'
import type { Rooms } from '../../domain/store.ts'
import { code, placeOf, scrubLine, word } from '../../publish/index.ts'
import { saidOf } from '../replies/said.ts'
import { tellLife } from './lives.ts'

/** Lines of code that are quoted back. */
const quoted = 3

/** Undefined where the thread is not about one of our findings. */
export async function whyFinding(
  { findings, signals }: Pick<Rooms, 'findings' | 'signals'>,
  { repository, number, comment }: Event,
): Promise<string | undefined> {
  const about = comment?.inReplyTo
  const finding = about === undefined ? undefined : await findings.ofComment(repository.id, number!, about)
  if (!finding) return undefined
  const {
    severity,
    title,
    agents,
    votes,
    placement,
    suggested,
    verification,
    verdict,
    state,
    stateBecause,
    runId,
    rowId,
  } = finding
  const life = await findings.life(repository.id, number!, finding.fingerprint)
  const panel = (verification.panel ?? []).map(one => `${one.lens} ${one.state}`).join(', ')
  return [
    `**${word(severity)}: ${scrubLine(title, 200)}** (${placeOf(finding)})`,
    '',
    `- Reported by ${agents.map(one => scrubLine(one, 80)).join(', ')}${votes > 1 ? ` (${votes} votes)` : ''} in run \`${runId}\`.`,
    `- Placed: ${scrubLine(placement.because, 400)}`,
    ...(suggested ? [`- Replacement: ${suggested.state}. ${scrubLine(suggested.because, 400)}`] : []),
    `- Verified: ${verification.state}${panel ? ` (${panel})` : ''}. ${scrubLine(verification.because, 800)}`,
    ...verification.cited
      .slice(0, quoted)
      .map(({ path, line, text }) => `  - ${code(line === undefined ? path : `${path}:${line}`)}: ${code(text, 200)}`),
    `- Verdict: ${verdict.verdict}. ${scrubLine(verdict.because, 400)}`,
    `- Now: ${state}. ${scrubLine(stateBecause, 400)}`,
    ...saidOf(await signals.of(repository.id, number!, finding.fingerprint)),
    ...(life.length > 1 ? ['- Until now:', ...tellLife(finding, life).map(line => `  ${line}`)] : []),
    '',
    `All of it, on the server: \`watchbill explain ${rowId}\``,
  ].join('\n')
}
