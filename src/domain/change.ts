// What a pull request changes, as git says it from the merge base to one exact commit.

export interface HunkLine {
  kind: 'context' | 'added' | 'removed'
  /** Without the line feed; a carriage return stays. Bytes that are not UTF-8 are shown as U+FFFD. */
  text: string
  /** Line number in the old file (context, removed) and in the new one (context, added), from 1. */
  oldLine?: number
  newLine?: number
  /** The file ends here without a line feed. */
  noNewline?: boolean
}

export interface Hunk {
  oldStart: number
  oldLines: number
  newStart: number
  newLines: number
  /** What git prints after the second `@@`. */
  section: string
  lines: HunkLine[]
}

export interface ChangedFile {
  /** Path in the new tree (in the old one for a deletion), as bytes decoded from UTF-8; a path that is no UTF-8 keeps git's quoted form. */
  path: string
  oldPath?: string
  status: 'added' | 'modified' | 'deleted' | 'renamed' | 'copied' | 'type-changed'
  oldMode: string
  newMode: string
  /** `160000` on either side. */
  submodule: boolean
  /** `120000` on either side. */
  symlink: boolean
  binary: boolean
  /** Its lines were read, though for git (and so for GitHub) it is binary: nobody is shown them, and nothing can stand on them. */
  hidden?: true
  /** Settings keep it from every model: its lines were left out. */
  private?: true
  additions: number
  deletions: number
  hunks: Hunk[]
  /** linguist-generated or linguist-vendored by the BASE's attributes, never the head's. */
  generated: boolean
  vendored: boolean
  /** Set when the file is so large that its hunks were not read: why. */
  unread?: string
}

export interface Change {
  mergeBase: string
  head: string
  files: ChangedFile[]
}

/** What came after an earlier commit of a pull. */
export interface Since {
  commit: string
  /** The commit is in the head's history; else the branch was pushed over by force. */
  ancestor: boolean
  /** From that commit to the head. */
  change: Change
}

/** What was looked at, for every changed file; `reviewed`: at an earlier commit, and it is unchanged since. */
export interface ManifestEntry {
  path: string
  /** `not yet`: of those sent over it nobody got through. */
  coverage: 'full' | 'partial' | 'skipped' | 'reviewed' | 'not yet'
  because: string
  /** Skipped since settings keep it from models. */
  private?: true
}

export type RiskTier = 'trivial' | 'lite' | 'full'
