// What the review story is handed: the outside, as ports.
import type { Meter, Model, ReadFile } from '../domain/conversation.ts'
import type { Hide, Scanner } from '../domain/evidence.ts'
import type { Host, RepositoryFile } from '../domain/host.ts'
import type { Problem } from '../domain/problem.ts'
import type { Store } from '../domain/store.ts'
import type { Parsing } from '../domain/suggestion.ts'
import type { Words } from '../domain/words.ts'
import type { Workspaces } from '../domain/workspace.ts'

export interface ReviewPorts {
  store: Store
  host: Host
  workspaces: Workspaces
  /** The only way to a model: metered. */
  model: (meter: Meter) => Model
  /** Why no model can be asked, e.g. a missing key; undefined when one can. */
  modelProblem: () => Problem | undefined
  readFile: ReadFile
  /** Tools that look beside the models. */
  scanners: Scanner[]
  /** Takes secrets out of what models are shown. */
  hide: Hide
  /** Tries out proposed replacements; absent, none is offered for committing. */
  parsing?: Parsing
  words: Words
  /** Digest of what ships as words: prompts, agents, routines. */
  prompts: string
  builtIn: RepositoryFile[]
  /** Of this program. */
  version: string
  /** Ceilings of the whole server, US dollars. */
  budget: { run: number; day: number; month: number }
  /** The model is a rehearsed one, which every text says. */
  rehearsed: boolean
  /** Milliseconds between two updates of a check; 15 s unless set. */
  progressEvery?: number
  now: () => Date
  log: (line: object, sentence: string) => void
}
