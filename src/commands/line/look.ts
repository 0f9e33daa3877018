// Commands that look at code or at files: reviews, measurements, and what routine files would do.
import { type Command, Option } from 'commander'
import { readVersion } from '../../builtins.ts'
import { Problem } from '../../domain/problem.ts'
import { readLeastInterval } from '../../settings.ts'
import type { EvalOptions } from '../eval.ts'
import { whenToldToStop } from '../interrupt.ts'
import { count, daysBack, dollarsOf, type Exit, json, print, reach, say, settings, tolerance } from './words.ts'

interface ReviewOptions {
  repo: string
  routine?: string[]
  post?: boolean
  sarif?: string
  json?: boolean
}

export function addLook(program: Command, exit: Exit): void {
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
      const { exitOf, reviewLocal, showReview, writeSarif } = await import('../review.ts')
      const { readPullUrl, reviewPull } = await import('../review-pull.ts')
      const signal = untilStopped('Stopped; nothing was posted.')
      const progress = (sentence: string) => say(process.stderr.isTTY ? `· ${sentence}` : sentence)
      const request = { routines: options.routine ?? [], progress, signal }
      const pull = readPullUrl(what, settings().github.webUrl)
      if (options.post && !pull)
        throw new Problem('bad_input', 'Only the review of a pull request can be posted; give its URL.')
      const result = pull
        ? await reviewPull(settings(), { ...request, ...pull, post: options.post ?? false })
        : await reviewLocal(settings(), { ...request, range: what, dir: options.repo })
      print(options, result, showReview)
      if (options.sarif) writeSarif(options.sarif, result)
      if (result.posted) say(`Posted: ${result.posted.placed.length} comments.`)
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
      const { compareSaved, evaluate, exitOfEval, readEvalRequest } = await import('../eval.ts')
      const { showCompared, showEval } = await import('../show-eval.ts')
      const asked = readEvalRequest(path, options)
      if ('compare' in asked) return print(options, compareSaved(...asked.compare), showCompared)
      const wanted = { ...asked, version: readVersion(), progress: say, signal: untilStopped('Stopped.') }
      const result = await evaluate(settings(), wanted)
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
      const { checkDirectory, showCheck } = await import('../check.ts')
      const result = checkDirectory(dir, new Date(), readLeastInterval())
      console.log(showCheck(result, options.format))
      exit(result.problems.length === 0 ? 0 : 1)
    })

  program
    .command('simulate')
    .description('what these routine files would have done in the last days, and at what cost; exit 1 on problems')
    .argument('[dir]', 'the repository', '.')
    .option('--repo <o/r>', 'its name on GitHub; by default as the remote origin says')
    .option('--days <n>', 'how far back, 90 at most', daysBack, 30)
    .addOption(json())
    .action(async (dir: string, options: { repo?: string; days: number; json?: boolean }) => {
      const { baseFiles, originOf, repositoryOf, showSimulated, simulateAlone } = await import('../simulate.ts')
      const { configurationFiles } = await import('../check.ts')
      const { isStoreThere } = await import('../reach.ts')
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
      const { showOnboarding } = await import('../onboard.ts')
      print(options, await ask(settings(), 'onboard', { repo }), showOnboarding)
    })

  program
    .command('replay')
    .description('which routines would answer a delivery, and why; no effects')
    .argument('<event>', 'its name, e.g. pull_request')
    .argument('<payload>', 'a JSON file')
    .option('--repo <dir>', 'where the routine files are', '.')
    .addOption(json())
    .action(async (name: string, file: string, options: { repo: string; json?: boolean }) => {
      const { replay, showReplay } = await import('../replay.ts')
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
      const { listOfDirectory, showListing } = await import('../routines.ts')
      const { ask } = await reach()
      const { repo } = options
      const listing = repo === undefined ? listOfDirectory(dir) : await ask(settings(), 'routines', { repo })
      print(options, listing, showListing)
    })
}

/** Fires on Ctrl-C. */
function untilStopped(sentence: string): AbortSignal {
  const stop = new AbortController()
  whenToldToStop(['SIGINT'], () => stop.abort(new Problem('stopped', sentence)))
  return stop.signal
}
