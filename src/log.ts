// One line a decision, as JSON or for a terminal; no secret and no code of users is ever given to it.
import { pino } from 'pino'

export type Log = (line: object, sentence: string) => void

export function openLog(settings: { logLevel: string; logFormat: 'json' | 'text' }): Log {
  if (settings.logFormat === 'text') return logText(settings.logLevel)
  const logger = pino(
    { level: settings.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 1, sync: true }),
  )
  return (line, sentence) => logger.info(line, sentence)
}

function logText(level: string): Log {
  if (level === 'silent') return () => {}
  return (line, sentence) => {
    const fields = Object.entries(line)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    console.log([new Date().toISOString(), sentence, ...fields].join('  '))
  }
}
