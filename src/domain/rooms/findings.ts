// Findings, what people said of them, and what became of them.
import type { Judged } from '../finding.ts'
import type { ReviewPoint } from '../point.ts'
import type { ReviewRun, Run } from '../run.ts'
import type { FindingOutcome, Signal } from '../signal.ts'

export interface FindingsRooms {
  findings: {
    /** Upserts by pull and fingerprint; keeps what people decided. */
    save(run: Run, attempt: number, judged: Judged[], at: string): Promise<void>
    ofRun(runId: string): Promise<StoredFinding[]>
    ofPull(repositoryId: number, number: number): Promise<StoredFinding[]>
    /** The one that this comment of ours is about. */
    ofComment(repositoryId: number, number: number, commentId: number): Promise<StoredFinding | undefined>
    get(id: string): Promise<StoredFinding | undefined>
    /** Of each pull the newest row of the claims whose fingerprint begins so, as checks and reviews show them; the newest first, 10 at most. */
    called(beginning: string): Promise<StoredFinding[]>
    /** Its state from now on, and one more entry of its life unless it says so already. `when`: the commit and the run that show it; by default the finding's own commit, now. `outOfGate`: what is dismissed shuts no gate any more. */
    mark(
      id: string,
      state: StoredFinding['state'],
      because: string,
      when?: { at: string; head?: string; runId?: string; outOfGate?: boolean },
    ): Promise<void>
    /** Every state that one finding of a pull came into, or all of them, oldest first. */
    life(repositoryId: number, number: number, fingerprint?: string): Promise<FindingState[]>
    placed(id: string, where: string, commentId?: number): Promise<void>
  }
  /** What people said of findings, kept as what it is. */
  signals: {
    /** False when this source has said so already: then nothing is written. */
    note(signal: Signal): Promise<boolean>
    /** Of one finding, or of a whole pull; the oldest first. */
    of(repositoryId: number, number: number, fingerprint?: string): Promise<Signal[]>
    /** Makes 👍 and 👎 of a pull's findings these: one that was taken back is forgotten. */
    setVotes(repositoryId: number, number: number, votes: Signal[]): Promise<void>
    /** The answer to these replies, by their sources; one that has an answer keeps it. */
    answered(signals: Signal[], runId: string, answer: string): Promise<void>
  }
  /** What became of findings once their pull was closed, kept for the rates. */
  outcomes: {
    /** The last word of each finding counts. */
    set(outcomes: FindingOutcome[]): Promise<void>
    /** Of one repository or of all; the oldest first. */
    list(filter: { repositoryId?: number }): Promise<FindingOutcome[]>
  }
  /** To where a pull was reviewed, one for each routine. */
  points: {
    /** The oldest first. */
    of(repositoryId: number, number: number): Promise<ReviewPoint[]>
    /** Refused like every write of a run whose attempt is stale. */
    set(run: ReviewRun, points: ReviewPoint[]): Promise<void>
  }
}

/** One entry of a finding's life. */
export interface FindingState {
  fingerprint: string
  state: StoredFinding['state']
  because: string
  head?: string
  runId?: string
  at: string
}

export interface StoredFinding extends Judged {
  /** `<runId>-<finding id>`: what `explain` takes. */
  rowId: string
  runId: string
  repositoryId: number
  number: number
  state: 'open' | 'fixed' | 'dismissed' | 'stale' | 'posted elsewhere'
  stateBecause: string
  /** Dismissed by somebody who may open the gate, or withdrawn on code. */
  outOfGate?: true
  where?: string
  commentId?: number
  head: string
  at: string
}
