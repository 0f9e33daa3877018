// Commands that ask what happened and why.
import type { Command } from 'commander'
import { count, json, print, reach, settings } from './words.ts'

export function addAsk(program: Command): void {
  program
    .command('explain')
    .description('why something ran or did not, why a finding was posted or held')
    .argument(
      '<id>',
      'of a delivery, event, occurrence, run or finding; of the last two its first characters, as GitHub shows them',
    )
    .addOption(json())
    .action(async (id: string, options: { json?: boolean }) => {
      const { showExplanation } = await import('../show-explanation.ts')
      const { ask } = await reach()
      print(options, await ask(settings(), 'explain', { id }), showExplanation)
    })

  program
    .command('schedules')
    .description('list what the clock watches, the next due first')
    .option('--repo <o/r>', 'of one repository')
    .option('--limit <n>', 'at most so many', count, 50)
    .addOption(json())
    .action(async (options: { repo?: string; limit: number; json?: boolean }) => {
      const { ask } = await reach()
      const { showSchedules } = await import('../schedules.ts')
      print(options, await ask(settings(), 'schedules', options), showSchedules)
    })

  program
    .command('runs')
    .description('list runs, newest first; or how their findings fared')
    .option('--repo <o/r>', 'of one repository')
    .option('--limit <n>', 'at most so many', count, 50)
    .option('--quality', 'instead: which findings were acted on, dismissed or refuted, by agent, rule and model')
    .addOption(json())
    .action(async (options: { repo?: string; limit: number; quality?: boolean; json?: boolean }) => {
      const { ask, show } = await reach()
      if (options.quality) {
        const { showQuality } = await import('../quality.ts')
        return print(options, await ask(settings(), 'quality', options), showQuality)
      }
      print(options, await ask(settings(), 'runs', options), show.showRuns)
    })

  program
    .command('ledger')
    .description('every model call with tokens and price')
    .option('--repo <o/r>', 'of one repository')
    .option('--run <id>', 'of one run')
    .option('--since <date>', 'ISO 8601')
    .option('--limit <n>', 'at most so many', count, 50)
    .addOption(json())
    .action(async (options: { repo?: string; run?: string; since?: string; limit: number; json?: boolean }) => {
      const { ask, show } = await reach()
      print(options, await ask(settings(), 'ledger', options), show.showLedger)
    })
}
