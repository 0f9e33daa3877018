// Commands of who runs the installation.
import type { Command } from 'commander'
import { Problem } from '../../domain/problem.ts'
import { type Exit, json, number, print, reach, say, settings } from './words.ts'

export function addOperate(program: Command, exit: Exit): void {
  program
    .command('serve')
    .description('start the app (npm start); reads .env in the working directory')
    .action(async () => {
      const { serve } = await import('../serve.ts')
      exit(await serve(process.cwd()))
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
      const { exitOfFired, showFired } = await import('../run.ts')
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
      const { exitOfDoctor, examineHere, showDoctor, unreached } = await import('../doctor.ts')
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
      const { backupTo, showBackedUp } = await import('../backup.ts')
      const wanted = { secrets: options.secrets ?? false, say, now: new Date() }
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
      const { confirmReplace, restoreFrom, showRestored } = await import('../backup.ts')
      const { replace = false, yes = false } = options
      if (replace) await confirmReplace(settings(), yes)
      const wanted = { replace, say, now: new Date() }
      print(options, await restoreFrom(settings(), file, wanted), showRestored)
    })

  program
    .command('move')
    .description('from the embedded database to an empty PostgreSQL; the server has to be stopped')
    .requiredOption('--to <url>', 'postgres://USER:PASSWORD@HOST/DATABASE, or - for the URL on standard input')
    .addOption(json())
    .addHelpText('after', '\nAll of it arrives, counted table by table, or nothing does; cut off, give it again.')
    .action(async (options: { to: string; json?: boolean }) => {
      const { moveTo, showMoved } = await import('../move.ts')
      const wanted = { to: options.to, say, now: new Date() }
      print(options, await moveTo(settings(), wanted), showMoved)
    })
}
