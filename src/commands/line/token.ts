// Commands about the tokens of the API.
import { type Command, Option } from 'commander'
import { count, json, print, reach, settings } from './words.ts'

export function addToken(program: Command): void {
  const token = program.command('token').description('tokens of the API: make, list, revoke')
  token
    .command('make')
    .description('make a token; it is shown once')
    .option('--routine <name>', 'the routine it fires (scope fire)')
    .option('--repo <o/r>', "that routine's repository; with scope read, the only one it reads")
    .addOption(new Option('--scope <scope>', 'what it may; fire when a routine is given').choices(['fire', 'read']))
    .option('--label <text>', 'what people call it')
    .option('--days <n>', 'days it is valid; until revoked when left out', count)
    .addOption(json())
    .action(async (options: Record<string, string | number | undefined> & { json?: boolean }) => {
      const { showMadeToken } = await import('../tokens.ts')
      const { ask } = await reach()
      const { json: _, ...wanted } = options
      print(options, await ask(settings(), 'token-make', wanted), showMadeToken)
    })
  token
    .command('list')
    .description('list tokens, never their text')
    .addOption(json())
    .action(async (options: { json?: boolean }) => {
      const { showTokens } = await import('../tokens.ts')
      const { ask } = await reach()
      print(options, await ask(settings(), 'token-list', {}), showTokens)
    })
  token
    .command('expire')
    .description('let a token end in so many days, or now')
    .argument('<id>', 'as list shows it')
    .option('--days <n>', 'days it is still valid; now when left out', count)
    .addOption(json())
    .action(async (id: string, options: { days?: number; json?: boolean }) => {
      const { ask } = await reach()
      const { days } = options
      const expired = await ask(settings(), 'token-expire', { id, ...(days === undefined ? {} : { days }) })
      print(options, expired, ({ expiresAt }) => `${id} is valid until ${expiresAt}.`)
    })
  token
    .command('revoke')
    .description('revoke a token; it is refused from now on')
    .argument('<id>', 'as list shows it')
    .addOption(json())
    .action(async (id: string, options: { json?: boolean }) => {
      const { ask } = await reach()
      print(options, await ask(settings(), 'token-revoke', { id }), ({ revoked }) => `Revoked ${revoked}.`)
    })
}
