// The command line: parses, loads commands/<verb> when it is called, prints, and turns a Problem into one sentence and an exit code.
import { Command, CommanderError } from 'commander'
import { readVersion } from './builtins.ts'
import { addAsk } from './commands/line/ask.ts'
import { addLook } from './commands/line/look.ts'
import { addOperate } from './commands/line/operate.ts'
import { addToken } from './commands/line/token.ts'
import { say } from './commands/line/words.ts'
import { asProblem, meanings } from './domain/problem.ts'

/** Runs one command; the exit code is the answer. Never throws and never prints a stack trace. */
export async function main(argv: string[]): Promise<number> {
  let exit = 0
  const program = build(code => {
    exit = code
  })
  try {
    await program.parseAsync(argv, { from: 'user' })
    return exit
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2
    const problem = asProblem(thrown)
    say(problem.message)
    if (problem.code === 'internal')
      say(`Cause: ${problem.cause instanceof Error ? problem.cause.message : String(problem.cause)}`)
    return meanings[problem.code].exit
  }
}

/** "token make". */
function pathOf(command: Command): string {
  return command.parent?.parent ? `${command.parent.name()} ${command.name()}` : command.name()
}

function build(exit: (code: number) => void): Command {
  const program = new Command('watchbill')
    .description('Routines, code review and security review by a fleet of agents, as a self-hosted GitHub App.')
    .version(readVersion(), '-v, --version')
    .exitOverride()
    .showHelpAfterError('(watchbill --help lists the commands)')
  addLook(program.commandsGroup('Code, and files of routines:'), exit)
  addAsk(program.commandsGroup('What happened, and why:'))
  addOperate(program.commandsGroup('The installation:'), exit)
  addToken(program)
  for (const command of program.commands.flatMap(one => [one, ...one.commands]))
    command.showHelpAfterError(`(watchbill ${pathOf(command)} --help lists what it takes)`)
  return program
}
