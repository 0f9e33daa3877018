// What people say of a finding without a command, and what became of the finding when its pull was closed.

/** A resolved thread is no dismissal, and a thumb is no more than a thumb. */
export interface Signal {
  repositoryId: number
  number: number
  fingerprint: string
  /** Where it was said: "comment:5", "reaction:7", "delivery:…". Once each. */
  source: string
  what: 'reply' | 'dismissed' | 'resolved' | 'unresolved' | 'up' | 'down'
  who: string
  whoId: number
  /** Whether it counts: of votes, from a person with write permission who is not the author of the pull; of replies, whether it may be checked. */
  counts: boolean
  /** Why it counts or does not, in a sentence. */
  because: string
  /** Of a reply that counts: what it says. Untrusted. */
  text?: string
  commentId?: number
  /** The run that answered it, and with what. */
  runId?: string
  answer?: string
  at: string
}

/** One finding of a pull that was closed. */
export interface FindingOutcome {
  repositoryId: number
  number: number
  fingerprint: string
  /** `<runId>-<finding id>`: what `explain` takes. */
  rowId: string
  /** False: closed without being merged. */
  merged: boolean
  /** The commit that it was judged at. */
  head: string
  /** People saw it: on a line, in a review's text or on a check. */
  shown: boolean
  refuted: boolean
  dismissed: boolean
  /** Votes that count. */
  up: number
  down: number
  acted: 'acted on' | 'not acted on' | 'not told'
  because: string
  agents: string[]
  /** CWE, rule or category. */
  rule: string
  model?: string
  at: string
}
