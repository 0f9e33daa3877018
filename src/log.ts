// One line a decision, as JSON or for a terminal; no secret and no code of users is given to it, and of errors it tells nothing that may hold some.
import { pino } from 'pino'

export type Log = (line: object, sentence: string) => void

export function openLog(settings: { logLevel: string; logFormat: 'json' | 'text' }): Log {
  if (settings.logFormat === 'text') return logText(settings.logLevel)
  const logger = pino(
    { level: settings.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 1, sync: true }),
  )
  return (line, sentence) => logger[levelOf(line)](plainly(line), sentence)
}

function logText(level: string): Log {
  const least = levels.indexOf(level)
  return (line, sentence) => {
    if (levels.indexOf(levelOf(line)) < least) return
    const fields = Object.entries(plainly(line))
      .filter(([, value]) => value !== undefined)
      .map(
        ([key, value]) =>
          `${key}=${typeof value === 'string' && !/[\s\p{Cc}]/u.test(value) ? value : JSON.stringify(value)}`,
      )
    console.log([new Date().toISOString(), sentence, ...fields].join('  '))
  }
}

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/** A line with a cause is a failure of ours, one with a problem an expected one, one with a warning for somebody to heed; all else is a decision. */
function levelOf(line: { cause?: unknown; err?: unknown; problem?: unknown; warning?: unknown }) {
  if (line.cause !== undefined || line.err !== undefined) return 'error'
  return line.problem !== undefined || line.warning !== undefined ? 'warn' : 'info'
}

function plainly(line: object): object {
  return Object.fromEntries(
    Object.entries(line).map(([key, value]) => {
      if (value instanceof Error) return [key, tell(value)]
      return [key, typeof value === 'string' ? withoutExtract(value) : value]
    }),
  )
}

/** Libraries hang requests with keys and bodies, rows and answers on their errors: these are left out. */
function tell(error: Error): object {
  const { status, code, requestID } = error as { status?: unknown; code?: unknown; requestID?: unknown }
  const stacks: string[] = []
  for (let one: unknown = error; one instanceof Error && stacks.length < 5; one = one.cause)
    stacks.push(withoutExtract(one.stack ?? String(one)))
  return {
    type: error.name,
    message: withoutExtract(error.message),
    ...(status !== undefined && { status }),
    ...(code !== undefined && { code }),
    ...(requestID !== undefined && { requestID }),
    stack: stacks.join('\ncaused by: '),
  }
}

/** V8 quotes what it could not parse. */
function withoutExtract(text: string): string {
  return text.replace(/Unexpected token .{0,200}? is not valid JSON/gs, 'What was read is not valid JSON')
}
