// The command line: parses, loads commands/<verb> when it is called, prints, and turns a Problem into one sentence and an exit code.
import { readFileSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { z } from 'zod'
import type { EvalOptions } from './commands/eval.ts'
import { asProblem, meanings, Problem } from './domain/problem.ts'
import { readLeastInterval, readSettings, type Settings } from './settings.ts'

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
    console.error(problem.message)
    if (problem.code === 'internal')
      console.error(`Cause: ${problem.cause instanceof Error ? problem.cause.message : String(problem.cause)}`)
    return meanings[problem.code].exit
  }
}

interface ReviewOptions {
  repo: string
  routine?: string[]
  post?: boolean
  sarif?: string
  json?: boolean
}

function build(exit: (code: number) => void): Command {
  const program = new Command('watchbill')
    .description('Routines, code review and security review by a fleet of agents, as a self-hosted GitHub App.')
    .version(version(), '-v, --version')
    .exitOverride()
    .showHelpAfterError('(watchbill --help lists the commands)')
  const json = () => new Option('--json', 'print JSON')

  program
    .command('serve')
    .description('start the app (npm start); reads .env in the working directory')
    .action(async () => {
      const { serve } = await import('./commands/serve.ts')
      exit(await serve(process.cwd()))
    })

  program
    .command('review')
    .description('review a local git range (main...HEAD) or a pull request; without ANTHROPIC_API_KEY tools look alone')
    .argument('<what>', 'a...b, a..b, one revision, or the URL of a pull request')
    .option('--repo <dir>', 'the repository', '.')
    .option('--routine <name...>', 'only these routines')
    .option('--post', 'make the review stand on the pull request; without it nothing is posted')
    .option('--sarif <file>', 'also write what was found as SARIF 2.1.0')
    .addOption(json())
    .addHelpText(
      'after',
      '\nExit codes: 0 complete and nothing at or above high; 1 something at or above it; 2 could not finish or could not look.\nWithout a key nothing is verified: 1 when a tool tells of something at or above high, else 2, never 0.',
    )
    .action(async (what: string, options: ReviewOptions) => {
      const { exitOf, reviewLocal, showReview, writeSarif } = await import('./commands/review.ts')
      const { readPullUrl, reviewPull } = await import('./commands/review-pull.ts')
      const stop = new AbortController()
      process.once('SIGINT', () => stop.abort(new Problem('stopped', 'Stopped; nothing was posted.')))
      const progress = (sentence: string) => console.error(process.stderr.isTTY ? `· ${sentence}` : sentence)
      const request = { routines: options.routine ?? [], progress, signal: stop.signal }
      const pull = readPullUrl(what, settings().github.webUrl)
      if (options.post && !pull)
        throw new Problem('bad_input', 'Only the review of a pull request can be posted; give its URL.')
      const result = pull
        ? await reviewPull(settings(), { ...request, ...pull, post: options.post ?? false })
        : await reviewLocal(settings(), { ...request, range: what, dir: options.repo })
      print(options, result, showReview)
      if (options.sarif) writeSarif(options.sarif, result)
      if (result.posted) console.error(`Posted: ${result.posted.placed.length} comments.`)
      exit(exitOf(result))
    })

  program
    .command('eval')
    .description('measure reviews on a labelled data set (docs/eval.md), or compare two saved results')
    .argument('[data-set]', "a file of our own form, or AACR-Bench's directory dataset")
    .option('--out <file>', 'where the results are saved; default: NAME.results.jsonl here')
    .option('--resume', 'go on with that file')
    .option('--limit <n>', 'only the first so many pull requests', count)
    .option('--usd <n>', 'most that the whole evaluation may cost, in US dollars', dollarsOf, 5)
    .addOption(
      new Option('--match <how>', 'findings to known ones: by lines, or by lines and then a model')
        .choices(['lines', 'judge'])
        .default('lines'),
    )
    .option('--tolerance <n>', 'lines from the one to the other, at most; 0: they overlap (default: 1)', tolerance)
    .option('--verifier-only', 'the known and the rejected comments before the verifier, without finders')
    .option('--repos <dir>', 'where clones are: DIR/OWNER/NAME, DIR/OWNER+NAME or DIR/NAME')
    .option('--routine <name...>', 'only these routines')
    .option('--compare <files...>', 'two saved results, the earlier one first')
    .addOption(json())
    .addHelpText('after', '\nExit codes: 0 all is measured; 2 something is not.')
    .action(async (path: string | undefined, options: EvalOptions) => {
      const { compareSaved, evaluate, exitOfEval, readEvalRequest } = await import('./commands/eval.ts')
      const { showCompared, showEval } = await import('./commands/show-eval.ts')
      const asked = readEvalRequest(path, options)
      if ('compare' in asked) return print(options, compareSaved(...asked.compare), showCompared)
      const stop = new AbortController()
      process.once('SIGINT', () => stop.abort(new Problem('stopped', 'Stopped.')))
      const progress = (sentence: string) => console.error(sentence)
      const result = await evaluate(settings(), { ...asked, version: version(), progress, signal: stop.signal })
      print(options, result, showEval)
      exit(exitOfEval(result))
    })

  program
    .command('check')
    .description('validate routine files and settings; exit 1 on problems')
    .argument('[dir]', 'the repository', '.')
    .addOption(
      new Option('--format <format>', 'github: annotations, for a job of GitHub Actions')
        .choices(['text', 'json', 'github'])
        .default('text'),
    )
    .addOption(new Option('--json', 'print JSON, as --format json').implies({ format: 'json' }))
    .action(async (dir: string, options: { format: 'text' | 'json' | 'github' }) => {
      const { checkDirectory, showCheck } = await import('./commands/check.ts')
      const result = checkDirectory(dir, new Date(), readLeastInterval())
      console.log(showCheck(result, options.format))
      exit(result.problems.length === 0 ? 0 : 1)
    })

  program
    .command('simulate')
    .description('what these routine files would have done in the last days, and at what cost; exit 1 on problems')
    .argument('[dir]', 'the repository', '.')
    .option('--repo <o/r>', 'its name on GitHub; by default as the remote origin says')
    .option('--days <n>', 'how far back, 90 at most', count, 30)
    .addOption(json())
    .action(async (dir: string, options: { repo?: string; days: number; json?: boolean }) => {
      const { baseFiles, originOf, repositoryOf, showSimulated, simulateAlone } = await import('./commands/simulate.ts')
      const { configurationFiles } = await import('./commands/check.ts')
      const { isStoreThere } = await import('./commands/reach.ts')
      const { ask } = await reach()
      const { repo, days } = options
      const base = await baseFiles(settings(), dir)
      const asked = { days, files: configurationFiles(dir), ...(base && { base }) }
      const simulated = isStoreThere(settings())
        ? await ask(settings(), 'simulate', { ...asked, repo: repo ?? repositoryOf(dir) })
        : await simulateAlone(settings(), dir, { ...asked, repo: repo ?? originOf(dir) })
      print(options, simulated, showSimulated)
      exit(simulated.problems.length === 0 ? 0 : 1)
    })

  program
    .command('onboard')
    .description('print a first .github/watchbill.yml for a repository, with what it would have done last month')
    .argument('<o/r>', 'the repository, as OWNER/NAME; the App is installed on it')
    .addOption(json())
    .action(async (repo: string, options: { json?: boolean }) => {
      const { ask } = await reach()
      const { showOnboarding } = await import('./commands/onboard.ts')
      print(options, await ask(settings(), 'onboard', { repo }), showOnboarding)
    })

  program
    .command('explain')
    .description('why something ran or did not, why a finding was posted or held')
    .argument('<id>', 'of a delivery, event, occurrence, run or finding')
    .addOption(json())
    .action(async (id: string, options: { json?: boolean }) => {
      const { showExplanation } = await import('./commands/show-explanation.ts')
      const { ask } = await reach()
      print(options, await ask(settings(), 'explain', { id }), showExplanation)
    })

  program
    .command('replay')
    .description('which routines would answer a delivery, and why; no effects')
    .argument('<event>', 'its name, e.g. pull_request')
    .argument('<payload>', 'a JSON file')
    .option('--repo <dir>', 'where the routine files are', '.')
    .addOption(json())
    .action(async (name: string, file: string, options: { repo: string; json?: boolean }) => {
      const { replay, showReplay } = await import('./commands/replay.ts')
      print(options, replay(name, file, options.repo), showReplay)
    })

  program
    .command('routines')
    .description(
      'list the routines of a repository, or of the files in a directory: what starts each, and whether it is on',
    )
    .argument('[dir]', 'a checkout; its files beside the built-in routines', '.')
    .option('--repo <o/r>', 'of this repository instead, as a running server reads it on GitHub')
    .addOption(json())
    .action(async (dir: string, options: { repo?: string; json?: boolean }) => {
      const { listOfDirectory, showListing } = await import('./commands/routines.ts')
      const { ask } = await reach()
      const { repo } = options
      const listing = repo === undefined ? listOfDirectory(dir) : await ask(settings(), 'routines', { repo })
      print(options, listing, showListing)
    })

  program
    .command('schedules')
    .description('list what the clock watches, the next due first')
    .option('--repo <o/r>', 'of one repository')
    .option('--limit <n>', 'at most so many', count, 50)
    .addOption(json())
    .action(async (options: { repo?: string; limit: number; json?: boolean }) => {
      const { ask } = await reach()
      const { showSchedules } = await import('./commands/schedules.ts')
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
        const { showQuality } = await import('./commands/quality.ts')
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

  program
    .command('run')
    .description('fire a routine by hand; exit 1 when it was refused or skipped, 2 when no server took it')
    .argument('<routine>', 'its name')
    .requiredOption('--repo <o/r>', 'the repository')
    .option('--pull <n>', 'the pull request it is about', number)
    .option('--text <text>', 'comes along as untrusted text, for routines whose instructions ask for it')
    .addOption(json())
    .action(async (routine: string, options: { repo: string; pull?: number; text?: string; json?: boolean }) => {
      const { exitOfFired, showFired } = await import('./commands/run.ts')
      const { ask } = await reach()
      const { repo, pull, text } = options
      const fired = await ask(settings(), 'run', { routine, repo, number: pull, text })
      print(options, fired, showFired)
      exit(exitOfFired(fired))
    })

  program
    .command('doctor')
    .description('the health of the installation, line by line; exit 1 when one is wrong')
    .option('--repo <o/r>', 'only the routines of this repository')
    .addOption(json())
    .action(async (options: { repo?: string; json?: boolean }) => {
      const { exitOfDoctor, examineHere, showDoctor, unreached } = await import('./commands/doctor.ts')
      const { ask } = await reach()
      const { repo } = options
      const told = await ask(settings(), 'doctor', repo === undefined ? {} : { repo }).catch(unreached)
      // A server that answers tells of its own settings; else those of this environment are all there is.
      const lines = told.some(line => line.about === 'GitHub App')
        ? told
        : [...(await examineHere(settings())), ...told]
      print(options, lines, showDoctor)
      exit(exitOfDoctor(lines))
    })

  program
    .command('backup')
    .description('write all that is remembered to one file, while the server works')
    .argument('<file>', 'readable by its owner alone')
    .option('--secrets', 'with what set-up keeps: the private key and the webhook secret')
    .addOption(json())
    .addHelpText(
      'after',
      '\nA backup of either database can be restored on the other. Mirrors are not in it; they are fetched again.',
    )
    .action(async (file: string, options: { secrets?: boolean; json?: boolean }) => {
      const { backupTo, showBackedUp } = await import('./commands/backup.ts')
      const wanted = {
        secrets: options.secrets ?? false,
        say: (sentence: string) => console.error(sentence),
        now: new Date(),
      }
      print(options, await backupTo(settings(), file, wanted), showBackedUp)
    })

  program
    .command('restore')
    .description('fill an empty database from a backup; the server has to be stopped')
    .argument('<file>', 'as backup wrote it')
    .option('--replace', 'also where one stands: the embedded one is put aside, rows on a server are deleted')
    .option('--yes', 'with --replace: ask nobody')
    .addOption(json())
    .action(async (file: string, options: { replace?: boolean; yes?: boolean; json?: boolean }) => {
      const { confirmReplace, restoreFrom, showRestored } = await import('./commands/backup.ts')
      const { replace = false, yes = false } = options
      if (replace) await confirmReplace(settings(), yes)
      const wanted = { replace, say: (sentence: string) => console.error(sentence), now: new Date() }
      print(options, await restoreFrom(settings(), file, wanted), showRestored)
    })

  program
    .command('move')
    .description('from the embedded database to an empty PostgreSQL; the server has to be stopped')
    .requiredOption('--to <url>', 'postgres://USER:PASSWORD@HOST/DATABASE, or - for the URL on standard input')
    .addOption(json())
    .addHelpText('after', '\nAll of it arrives, counted table by table, or nothing does; cut off, give it again.')
    .action(async (options: { to: string; json?: boolean }) => {
      const { moveTo, showMoved } = await import('./commands/move.ts')
      const wanted = { to: options.to, say: (sentence: string) => console.error(sentence), now: new Date() }
      print(options, await moveTo(settings(), wanted), showMoved)
    })

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
      const { showMadeToken } = await import('./commands/tokens.ts')
      const { ask } = await reach()
      const { json: _, ...wanted } = options
      print(options, await ask(settings(), 'token-make', wanted), showMadeToken)
    })
  token
    .command('list')
    .description('list tokens, never their text')
    .addOption(json())
    .action(async (options: { json?: boolean }) => {
      const { showTokens } = await import('./commands/tokens.ts')
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

  for (const verb of ['pause', 'resume'] as const)
    program
      .command(verb)
      .description(
        verb === 'pause'
          ? 'stop the work and queue what comes: a repository, an owner, or --all'
          : 'start what was stopped and what came meanwhile',
      )
      .argument('[scope]', 'o/r or o')
      .option('--all', 'everywhere')
      .addOption(json())
      .action(async (scope: string | undefined, options: { all?: boolean; json?: boolean }) => {
        if ((scope === undefined) === !options.all)
          throw new Problem('bad_input', `Say what to ${verb}: OWNER/REPOSITORY, OWNER, or --all (one of them).`)
        const { ask, show } = await reach()
        const about = { scope: scope ?? 'all' }
        if (verb === 'pause') print(options, await ask(settings(), verb, about), show.showPaused)
        else print(options, await ask(settings(), verb, about), result => show.showResumed(about.scope, result))
      })
  return program
}

/** What the commands that need the store have in common. */
async function reach() {
  const [{ ask }, show] = await Promise.all([import('./commands/reach.ts'), import('./commands/show.ts')])
  return { ask, show }
}

function count(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 1 && number <= 1000) return number
  throw new InvalidArgumentError('It is a whole number from 1 to 1000.')
}

function dollarsOf(text: string): number {
  const number = Number(text)
  if (text.trim() !== '' && number > 0 && number <= 100_000) return number
  throw new InvalidArgumentError('It is a number of US dollars above 0.')
}

function tolerance(text: string): number {
  if (/^\d{1,2}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It is a whole number from 0 to 99.')
}

function number(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It is the number of a pull request.')
}

function settings(): Settings {
  return readSettings()
}

function print<T>(options: { json?: boolean }, value: T, show: (value: T) => string): void {
  console.log(options.json ? JSON.stringify(value, null, 2) : show(value))
}

function version(): string {
  return z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))).version
}
