// Which of some files a list of globs picks.
import picomatch from 'picomatch'

/** The last glob that matches a file decides, "!" takes out; a list of "!" alone takes out of everything. */
export function restrictPaths(files: string[], paths: string[] | undefined): string[] {
  if (!paths) return files
  const globs = paths.map(glob => ({
    out: glob.startsWith('!'),
    matches: picomatch(glob.replace(/^!/, ''), { dot: true }),
  }))
  return files.filter(path => {
    const last = globs.findLast(({ matches }) => matches(path))
    return last ? !last.out : globs.every(({ out }) => out)
  })
}
