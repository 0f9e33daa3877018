// Which changed files are looked at, which in part, which not, and why: one entry for every file, none left out.
import picomatch from 'picomatch'
import type { ChangedFile, ManifestEntry } from '../domain/change.ts'
import { showPath } from '../domain/untrusted.ts'
import { renderFile } from './rendering.ts'
import { isLockFile, isMigration } from './sensitive.ts'

/** `skip` are globs of the settings, `byRules` those of REVIEW.md. */
export function makeManifest(files: ChangedFile[], skip: string[], byRules: string[] = []): ManifestEntry[] {
  const skipped = [...skip.map(asRule("the repository's settings")), ...byRules.map(asRule('REVIEW.md'))]
  const bundles = countVendored(files)
  return files.map(file => {
    if (file.private) return { ...entry(file, 'skipped', privately), private: true }
    const rule = skipped.find(({ matches }) => matches(file.path))
    if (rule) return entry(file, 'skipped', `skipped by ${rule.by} (${rule.glob})`)
    return byRule(file, bundles) ?? byHand(file)
  })
}

const asRule = (by: string) => (glob: string) => ({ by, glob, matches: picomatch(glob, { dot: true }) })

export const privately = 'private: never sent to a model'

function byRule(file: ChangedFile, bundles: Map<string, number>): ManifestEntry | undefined {
  if (file.submodule) return entry(file, 'skipped', submoduleSentence(file))
  if (file.binary) return entry(file, 'skipped', ['binary', ...waysOf(file)].join('; '))
  if (isMigration(file.path)) return undefined
  if (isLockFile(file.path)) return entry(file, 'skipped', 'a lock file')
  if (file.generated) return entry(file, 'skipped', "generated, as the base branch's attributes say")
  if (file.vendored) return entry(file, 'skipped', "vendored, as the base branch's attributes say")
  if (machineName.test(file.path) && !writtenByHand(file)) return entry(file, 'skipped', 'minified, or a source map')
  const folder = vendorFolder(file.path)
  if (folder && (bundles.get(folder) ?? 0) > handful)
    return entry(file, 'skipped', `vendored: it came into ${folder} with many others`)
  return undefined
}

function submoduleSentence({ status, oldMode, newMode }: ChangedFile): string {
  if (status === 'added') return 'a submodule that was added: its code is elsewhere, and was not looked at'
  if (status === 'deleted') return 'a submodule that was removed'
  if (oldMode !== newMode) return 'a submodule on one side and a file on the other: its code is elsewhere'
  return 'a submodule: only the commit it points to changed; its code is elsewhere'
}

/** Of a file that no rule skips. */
export function byHand(file: ChangedFile): ManifestEntry {
  if (file.unread)
    return entry(
      file,
      'partial',
      `its lines were not read (${file.unread}); agents may read parts of it with their tools`,
    )
  const { cut } = renderFile(file)
  if (cut) return entry(file, 'partial', cut)
  // A name is chosen by whoever wrote the change: it hides nothing that looks written by hand.
  if (machineName.test(file.path))
    return entry(file, 'full', 'looked at: named like a minified file, but written by hand')
  if (vendorFolder(file.path)) return entry(file, 'full', 'looked at: in a vendor folder, but changed on its own')
  return entry(file, 'full', [...waysOf(file), linesOf(file)].join('; '))
}

function linesOf({ hunks }: ChangedFile): string {
  return hunks.length === 0 ? 'no lines changed' : 'all of its diff is shown to the agents'
}

const executable = '100755'

/** What became of a file beside its lines: a move or a mode says nothing in a diff of lines. */
function waysOf(file: ChangedFile): string[] {
  const { path, oldPath, oldMode, newMode, status } = file
  if (status === 'type-changed')
    return [file.symlink ? 'a file on one side and a symbolic link on the other' : 'another kind of file than before']
  const moved = oldPath !== undefined && oldPath !== path
  const from = moved ? scrubbed(oldPath) : ''
  const renamed = moved && nameOf(oldPath) !== nameOf(path)
  return [
    ...(file.symlink ? ['a symbolic link: its target is what its line says, and it is never followed'] : []),
    ...(moved && status === 'copied' ? [`copied from ${from}`] : []),
    ...(moved && status !== 'copied' ? [`${renamed ? 'renamed' : 'moved'} from ${from}`] : []),
    ...(status === 'added' && newMode === executable ? ['new, and executable'] : []),
    ...(status !== 'added' && status !== 'deleted' && oldMode !== newMode
      ? [
          newMode === executable
            ? 'made executable'
            : oldMode === executable
              ? 'no longer executable'
              : `mode ${oldMode} became ${newMode}`,
        ]
      : []),
  ]
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** A path within a sentence. */
function scrubbed(path: string): string {
  return showPath(path).slice(0, 200)
}

/** Known once it is known who is sent: what nobody covers was skipped, and what nobody is shown the lines of was looked at in part. */
export function asShown(manifest: ManifestEntry[], assigned: Set<string>, shown: Set<string>): ManifestEntry[] {
  return manifest.map(one => {
    if (one.coverage === 'skipped' || one.coverage === 'reviewed' || shown.has(one.path)) return one
    if (!assigned.has(one.path))
      return { ...one, coverage: 'skipped', because: 'none of the agents that are sent covers it' }
    return one.coverage === 'partial'
      ? one
      : {
          ...one,
          coverage: 'partial',
          because: 'the change is too large for one prompt: agents were shown where it changes, not its lines',
        }
  })
}

function entry(file: ChangedFile, coverage: ManifestEntry['coverage'], because: string): ManifestEntry {
  return { path: file.path, coverage, because }
}

const machineName = /[.-]min\.(js|cjs|mjs|css)$|\.(js|css|mjs)\.map$/i

function writtenByHand(file: ChangedFile): boolean {
  const added = file.hunks.flatMap(hunk => hunk.lines).filter(line => line.kind === 'added')
  const longest = Math.max(0, ...added.map(line => line.text.length))
  return !file.unread && added.length > 0 && added.length <= 2_000 && longest <= 300
}

const handful = 5

function vendorFolder(path: string): string | undefined {
  return /^(?:.*\/)?(?:vendor|node_modules|third_party|third-party|bower_components)\//i.exec(path)?.[0]
}

function countVendored(files: ChangedFile[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { path } of files) {
    const folder = vendorFolder(path)
    if (folder) counts.set(folder, (counts.get(folder) ?? 0) + 1)
  }
  return counts
}
