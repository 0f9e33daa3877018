// One line a decision, as JSON or for a terminal; no secret and no code of users is ever given to it.
import { pino } from 'pino'

export type Log = (line: object, sentence: string) => void

export function openLog(settings: { logLevel: string; logFormat: 'json' | 'text' }): Log {
  if (settings.logFormat === 'text') return logText(settings.logLevel)
  const logger = pino(
    { level: settings.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 1, sync: true }),
  )
  return (line, sentence) => logger[levelOf(line)](line, sentence)
}

function logText(level: string): Log {
  const least = levels.indexOf(level)
  return (line, sentence) => {
    if (levels.indexOf(levelOf(line)) < least) return
    const fields = Object.entries(line)
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
