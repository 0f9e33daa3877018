// The planted defect of the command tests, and a rehearsed reviewer who finds it.
import { call, type Reply, say } from '../simulators/model/index.ts'

export const before = 'export function cents(text: string): number {\n  return Math.round(Number(text) * 100)\n}\n'
const quote = '  return Math.floor(Number(text) * 100)'
export const after = `export function cents(text: string): number {\n${quote}\n}\n`

/** Reads the file, reports the defect with this severity, and confirms it when asked to verify. */
export const finding =
  (severity: string, words: { quote?: string; title?: string; claim?: string } = {}): Reply =>
  request => {
    const answers = request.messages.filter(message => message.role === 'assistant').length
    if (request.tools?.some(tool => 'name' in tool && tool.name === 'report_verdict'))
      return answers > 0
        ? say('Done.')
        : call('report_verdict', {
            verdict: 'VALID',
            because: 'Floor of 28.99 is 28.',
            cited: [{ path: 'price.ts', line: 2, text: quote }],
          })
    if (answers === 0) return call('read', { path: 'price.ts' })
    if (answers === 1)
      return call('report_finding', {
        file: 'price.ts',
        quote,
        title: 'Rounding down loses a cent',
        claim: 'cents("0.29") is 28.',
        severity,
        confidence: 'high',
        origin: 'introduced',
        ...words,
      })
    return say('Looked at price.ts.')
  }
