// What is counted of calls to GitHub and to models, each told once it is answered.
import type { Conversation, Usage } from './conversation.ts'

export interface Heard {
  github(call: GitHubCall): void
  model(call: ModelCall): void
}

export interface GitHubCall {
  /** 0: asked as the App itself. */
  installation: number
  method: string
  /** 0: no answer came. */
  status: number
  /** The room that GitHub says is left, of which resource, and until when (milliseconds since 1970). */
  room?: { resource: string; remaining: number; until?: number }
}

interface ModelCall {
  kind: Conversation['kind']
  model: string
  /** "ok", an HTTP status, an error type, or how it broke. */
  status: string
  usage: Usage
  usd: number
}
