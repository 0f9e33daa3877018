// The port to a program of ours that reads hostile bytes: it gets no environment, no network where there is a sandbox, and bounded memory, time and output.

export interface ConfinedCommand {
  /** Absolute path. */
  program: string
  args: string[]
  /** What the program is to look at, by names of our own: letters, digits, `.`, `-`, `_`. They lie in its working directory, which is removed afterwards. */
  files?: Map<string, Uint8Array>
  input?: string | Uint8Array
  /** Further absolute paths that it may read. */
  readable?: string[]
  timeoutMs: number
  /** Of standard output; past it the program is ended. */
  maxBytes: number
  memoryBytes?: number
  signal: AbortSignal
}

export interface ConfinedResult {
  /** Exit code; 128 when a signal ended it. */
  code: number
  stdout: Buffer
  stderr: string
  ended: 'exit' | 'timeout' | 'enough'
}

/** Problems: `unavailable` when the program can not be started, `stopped` when the signal fires. */
export type Confine = (command: ConfinedCommand) => Promise<ConfinedResult>
