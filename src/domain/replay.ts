// What past events would have led to under the configuration in force and under another one.

export interface Tally {
  fired: number
  /** US dollars, estimated. */
  usd: number
  /** What gates on earlier runs (`runs`, `cooldown`) would have refused. */
  overCap: number
  /** Events that lack a fact which the routine asks for. */
  unknown: number
}

export interface Example {
  /** ISO 8601. */
  at: string
  /** What happened, in words; names of branches and people in it are untrusted. */
  what: string
  because: string
}

export interface RoutineReplay {
  routine: string
  /** Absent where the routine is in one of the two alone. */
  before?: Tally
  after?: Tally
  /** The file, or what it extends, says something else. */
  changed: boolean
  /** First and last five that fire, and of those that fired and no longer do. */
  fires: Example[]
  lost: Example[]
  /** Where the figure of its cost comes from, as the end of a sentence. */
  basis: string
}

export interface Replay {
  /** ISO 8601. */
  from: string
  until: string
  events: number
  /** Set where not all events were looked at: the time of the last one that was, and why, as the end of a sentence. */
  cutAt?: string
  cutFor?: string
  routines: RoutineReplay[]
  before: Tally
  after: Tally
}
