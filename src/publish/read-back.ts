// What we posted, read the other way round: the findings that our own comments and reviews on a pull tell of, for who has no record of them.
import type { Standing, StandingComment } from '../domain/host.ts'
import { type Severity, severities } from '../domain/severity.ts'
import type { StoredFinding } from '../domain/store.ts'
import { isMarkedFixed } from './became.ts'

type About = Pick<StoredFinding, 'repositoryId' | 'number'>

/** Of comments that carry our key, and of what a review's text lists. Words are as they were shown; quotes are the lines commented on. */
export function readBack(standing: Standing, about: About): StoredFinding[] {
  const comments = standing.comments.flatMap(comment => fromComment(comment, about))
  const known = new Set(comments.map(one => one.fingerprint.slice(0, listedAs)))
  const listed = standing.reviews.flatMap(review => fromReview(review, about))
  return [...comments, ...listed.filter(one => !known.has(one.fingerprint) && known.add(one.fingerprint))]
}

const headline = /^\*\*(\w+)\*\* · (.+?) · (introduced|was there before)$/m
const foundBy = /^Found by (.+?)(?: \((\d+) votes\))? · ([\w ]+?)(?: · (CWE-\d+))?$/m

function fromComment(comment: StandingComment, about: About): StoredFinding[] {
  const { key, body, path, line, quote } = comment
  const head = headline.exec(body)
  const foot = foundBy.exec(body)
  // One that another comment took the place of has a key with a dot.
  if (!key || key.includes('.') || !head || !foot) return []
  const [, severity = '', category = '', origin] = head
  const [, agents = '', votes, verified = '', cwe] = foot
  const [, title, ...claim] = body.slice(head.index, foot.index).split(/\n{2,}/)
  const because = 'It stands on the pull request.'
  return [
    {
      ...nobodys(about),
      id: `comment-${comment.id}`,
      rowId: `comment-${comment.id}`,
      fingerprint: key,
      file: path,
      quote: quote ?? '',
      title: bare(title ?? ''),
      claim: bare(claim.join('\n\n')),
      severity: severityOf(severity),
      origin: origin === 'introduced' ? 'introduced' : 'pre_existing',
      security: category === 'Security',
      ...(category !== 'Security' && { category: category.toLowerCase() }),
      ...(cwe !== undefined && { cwe }),
      agents: agents.split(', '),
      votes: Number(votes ?? 1),
      placement:
        quote === undefined || line === undefined
          ? { at: 'file', path, because }
          : { at: 'line', path, side: comment.side ?? 'RIGHT', line, how: 'exact', because },
      verification: verificationOf(verified !== 'not verified'),
      verdict: { verdict: 'posted', because, shown: quote === undefined ? 'file' : 'inline' },
      state: isMarkedFixed(comment) ? 'fixed' : 'open',
      stateBecause: isMarkedFixed(comment) ? 'Its comment is marked as fixed.' : because,
      where: 'inline',
      commentId: comment.id,
    },
  ]
}

/** Characters of a fingerprint that a review's text names. */
const listedAs = 16
const item = /^- \*\*(\w+)\*\* · (.+) \(`+ ?([^`]+?) ?`+\)(?: · Marked as .+?)? · `([0-9a-f]{8})` *\n? *(.*)$/gm

/**
 * A list has neither quote nor whole fingerprint: that is enough for knowing one of them again and listing it no second time, and too
 * little for saying what became of it.
 */
function fromReview({ id, body, head }: Standing['reviews'][number], about: About): StoredFinding[] {
  const [, keys = ''] = /<!-- watchbill-listed ([0-9a-f ]+) -->/.exec(body) ?? []
  return [...body.matchAll(item)].flatMap(([, severity = '', title = '', place = '', short = '', claim = '']) => {
    const fingerprint = keys.split(' ').find(key => key.startsWith(short))
    if (fingerprint === undefined) return []
    const path = place.replace(/:\d+(?:-\d+)?$/, '')
    const because = 'A review on the pull request lists it.'
    return [
      {
        ...nobodys(about),
        id: `listed-${short}`,
        rowId: `listed-${id}-${short}`,
        head,
        fingerprint,
        file: path,
        quote: '',
        title: bare(title),
        claim: bare(claim),
        severity: severityOf(severity),
        origin: 'introduced',
        security: false,
        agents: [],
        votes: 1,
        placement: { at: 'nowhere', path, because },
        verification: verificationOf(true),
        verdict: { verdict: 'posted', because, shown: 'body' },
        state: 'posted elsewhere',
        stateBecause: because,
        where: 'body',
      },
    ]
  })
}

/** Of no run that is on record. */
function nobodys(about: About) {
  const routines: string[] = []
  return { ...about, runId: 'by hand', confidence: 'medium' as const, routines, head: '', at: '' }
}

function verificationOf(verified: boolean): StoredFinding['verification'] {
  return verified
    ? { state: 'valid', because: 'An earlier review verified it; its comment says how.', cited: [] }
    : { state: 'unverified', because: 'No verifier has settled it yet.', cited: [] }
}

function severityOf(word: string): Severity {
  return severities.find(one => one === word.toLowerCase()) ?? 'medium'
}

/** Without what makes it Markdown. */
function bare(text: string): string {
  return text
    .trim()
    .replace(/^\*\*([\s\S]*)\*\*$/, '$1')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
}
